package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.run.metrics.Measurement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schedule that goes by the epochs' losses. */
class PlateauTest {
  private static final int EPOCHS = 5;
  private static final int STEPS_OF_EPOCH = 4;

  @TempDir private Path directory;

  /** The rate of each step, and what was measured. */
  private record Course(List<Double> rates, List<Measurement> measurements) {}

  /**
   * Trains with a rate so low that no epoch is better than the one before.
   *
   * @param stopAt the step after which to stop and resume
   */
  private Course train(Path run, int stopAt) {
    Course course = new Course(new ArrayList<>(), new ArrayList<>());
    for (boolean resume : new boolean[] {false, true}) {
      try (Backend backend = TestBackends.reference();
          FcWta model = FcWta.Settings.DEFAULTS.hidden(5).on(6, backend, Seed.of(1))) {
        Trainer trainer =
            Trainer.of(model)
                .data(TestData.vectors(STEPS_OF_EPOCH * 10, 6))
                .batch(10)
                .epochs(EPOCHS)
                .logEvery(STEPS_OF_EPOCH)
                .optimizer(Sgd.rate(1e-9))
                .schedule(new Schedule.Plateau())
                .to(run)
                .resume(resume);
        trainer.listen(
            new TrainingListener() {
              @Override
              public void stepped(StepReport report) {
                course.rates.add(report.rate() / 1e-9);
                if (report.step() == stopAt) {
                  trainer.requestStop();
                }
              }

              @Override
              public void measured(Measurement measurement) {
                course.measurements.add(measurement);
              }
            });
        trainer.train();
      }
    }
    return course;
  }

  @Test
  void theRateFallsAfterEachEpochThatDoesNotImprove() {
    Course course = train(directory, EPOCHS * STEPS_OF_EPOCH);
    double[] ofEpoch = {1, 1, 0.9, 0.81, 0.729};
    assertThat(course.rates).hasSize(EPOCHS * STEPS_OF_EPOCH);
    for (int step = 0; step < course.rates.size(); step++) {
      assertThat(course.rates.get(step)).isCloseTo(ofEpoch[step / STEPS_OF_EPOCH], within(1e-12));
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      assertThat(course.measurements.get(epoch).rate())
          .isCloseTo(1e-9 * ofEpoch[epoch], within(1e-18));
    }
  }

  @Test
  void aResumedRunContinuesWithTheSameRates() {
    Course straight = train(directory.resolve("straight"), EPOCHS * STEPS_OF_EPOCH);
    for (int stopAt : new int[] {6, 12, 13}) { // in an epoch, at one's end, just after one
      Course halting = train(directory.resolve("halting" + stopAt), stopAt);
      assertThat(halting.rates).isEqualTo(straight.rates);
      assertThat(directory.resolve("halting" + stopAt).resolve("state.json"))
          .hasSameTextualContentAs(directory.resolve("straight").resolve("state.json"));
    }
  }
}
