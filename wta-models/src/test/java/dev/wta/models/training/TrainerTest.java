package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.Scaling;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.run.metrics.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final int FEATURES = 12;

  private final Backend backend = TestBackends.reference();
  private final FcWta model =
      FcWta.Settings.DEFAULTS.hidden(10).lifetime(0.2).tied(true).on(FEATURES, backend, Seed.of(1));
  private final Dataset data = TestData.vectors(45, FEATURES);

  @AfterEach
  void close() {
    model.close();
    backend.close();
  }

  private Trainer trainer() {
    return Trainer.of(model).data(data).batch(10).epochs(3).optimizer(Adam.rate(0.01));
  }

  /** Records the events. */
  private static final class Diary implements TrainingListener {
    private final List<String> entries = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();

    @Override
    public void started(TrainingInfo info) {
      entries.add("started %d of %d".formatted(info.stepsDone(), info.totalSteps()));
    }

    @Override
    public void stepped(StepReport report) {
      rates.add(report.rate());
    }

    @Override
    public void measured(Measurement measurement) {
      measurements.add(measurement);
      entries.add("measured " + measurement.step());
    }

    @Override
    public void epochEnded(int epoch, long step) {
      entries.add("epoch %d ended at %d".formatted(epoch, step));
    }

    @Override
    public void finished(TrainingResult run) {
      entries.add(run.status() + " at " + run.steps());
    }
  }

  @Test
  void listenersHearOfEverythingInOrder() {
    Diary diary = new Diary();
    TrainingResult run = trainer().epochs(2).logEvery(4).listen(diary).train();
    assertThat(diary.entries)
        .containsExactly(
            "started 0 of 10",
            "measured 4",
            "epoch 1 ended at 5",
            "measured 8",
            "measured 10",
            "epoch 2 ended at 10",
            "FINISHED at 10");
    assertThat(run.epochs()).isEqualTo(2);
    assertThat(run.last()).contains(diary.measurements.getLast());
  }

  @Test
  void theIntervalsLossIsItsSamplesMean() {
    Diary each = new Diary();
    trainer().epochs(1).logEvery(1).listen(each).train();
    Diary whole = new Diary();
    try (FcWta same =
        FcWta.Settings.DEFAULTS
            .hidden(10)
            .lifetime(0.2)
            .tied(true)
            .on(FEATURES, backend, Seed.of(1))) {
      Trainer.of(same)
          .data(data)
          .batch(10)
          .optimizer(Adam.rate(0.01))
          .epochs(1)
          .logEvery(100)
          .listen(whole)
          .train();
    }
    double sum = 0;
    for (Measurement step : each.measurements) {
      sum += step.loss() * (step.step() == 5 ? 5 : 10); // 45 samples in batches of 10
    }
    assertThat(whole.measurements).hasSize(1);
    assertThat(whole.measurements.getFirst().loss()).isCloseTo(sum / 45, within(1e-9));
    assertThat(whole.measurements.getFirst().winnersPerSample().orElseThrow())
        .isBetween(0.1, 10 * 0.2 * 2);
  }

  @Test
  void theRateFollowsWarmUpAndSchedule() {
    Diary diary = new Diary();
    trainer().epochs(2).warmup(2).schedule(new Schedule.Linear()).listen(diary).train();
    double[] expected = {
      0.005, 0.01, 0.01, 0.00875, 0.0075, 0.00625, 0.005, 0.00375, 0.0025, 0.00125
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat(diary.rates.get(i)).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void aWarmUpToTheEndReachesTheRate() {
    Diary diary = new Diary();
    trainer().epochs(2).warmup(10).schedule(new Schedule.Cosine()).listen(diary).train();
    assertThat(diary.rates.getLast()).isCloseTo(0.01, within(1e-12));
  }

  @Test
  void whatAnOptimiserLeavesOpenIsTheFamilys() {
    ModelFamily family = ModelFamilies.named("topk");
    Map<String, Object> settings = Map.of("hidden", 10, "k", 3);
    try (Model topK =
        (Model)
            family.create(
                family.settings().parse(settings), Shape.of(FEATURES), backend, Seed.of(1))) {
      List<Map<String, Object>> seen = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void started(TrainingInfo info) {
              seen.add(info.training());
            }
          };
      for (Optimizer optimizer :
          List.of(Adam.rate(0.01), Adam.rate(0.01).epsilon(1e-4).decay(0.5), Sgd.rate(0.02))) {
        Trainer.of(topK).data(data).optimizer(optimizer).epochs(1).listen(listener).train();
      }
      assertThat(seen.getFirst())
          .containsEntry("rate", 0.01)
          .containsEntry("epsilon", 6.25e-10)
          .containsEntry("beta2", 0.999)
          .containsEntry("decay", 0.0);
      assertThat(seen.get(1)).containsEntry("epsilon", 1e-4).containsEntry("decay", 0.5);
      assertThat(seen.getLast()).containsEntry("rate", 0.02).containsEntry("momentum", 0.9);
    }
  }

  @Test
  void anOptimisersOwnSettingsAreTheStepsSettings() {
    assertThat(Adam.rate(0.01).completedBy(Map.of("epsilon", 1e-3, "beta1", 0.5)))
        .isEqualTo(
            new Adam(0.01, of(0.5), OptionalDouble.empty(), of(1e-3), OptionalDouble.empty()));
    assertThat(Adam.rate(0.01).betas(0.8, 0.9).completedBy(Map.of("beta1", 0.5)).beta1())
        .hasValue(0.8);
    assertThat(Sgd.rate(0.01).completedBy(Map.of("momentum", 0.5, "decay", 0.1)))
        .isEqualTo(new Sgd(0.01, of(0.5), of(0.1)));
  }

  private static OptionalDouble of(double value) {
    return OptionalDouble.of(value);
  }

  @Test
  void aStopFinishesTheStepAndReturns() {
    Trainer trainer = trainer();
    stopAfter(7, trainer);
    TrainingResult run = trainer.train();
    assertThat(run.status()).isEqualTo(TrainingResult.Status.STOPPED);
    assertThat(run.steps()).isEqualTo(7);
  }

  @Test
  void aStopAtTheLastStepIsAFinish() {
    Trainer trainer = trainer().epochs(1);
    trainer.listen(
        new TrainingListener() {
          @Override
          public void epochEnded(int epoch, long step) {
            trainer.requestStop();
          }
        });
    assertThat(trainer.train().status()).isEqualTo(TrainingResult.Status.FINISHED);
  }

  @Test
  void divergenceIsReportedWithTheStepAndTheRemedy() {
    Diary diary = new Diary();
    Trainer wild = trainer().optimizer(Sgd.rate(1e6)).epochs(20).logEvery(50).listen(diary);
    assertThatThrownBy(wild::train)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("diverged")
        .hasMessageMatching(".*at step [2-9] *;.*")
        .hasMessageContaining("lower 'rate' (now 1000000.0)");
    assertThat(diary.entries).noneMatch(entry -> entry.contains("FINISHED"));
  }

  @Test
  void samplesAreScaledAndCentredByDefault() {
    byte[] pixels = new byte[30 * FEATURES];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7);
    }
    Dataset pictures = MemoryDataset.of("pictures", Shape.of(FEATURES), pixels, new int[30]);
    try (Features raw = model.encode(pictures)) {
      assertThat(model.preprocessing()).isEmpty();
      Trainer.of(model).data(pictures).batch(10).epochs(1).train();
      assertThat(model.preprocessing())
          .contains(Preprocessing.fit(List.of("scale", "center"), pictures));
      Trainer.of(model).data(pictures).batch(10).epochs(1).preprocessing(new Scaling(100)).train();
      assertThat(model.preprocessing()).contains(new Scaling(100));
      assertThat(raw.samples()).isEqualTo(30);
    }
  }

  @Test
  void decayPullsWeightsAndLeavesBiases() {
    float before = norm(0);
    trainer().optimizer(Adam.rate(1e-9).decay(0)).epochs(1).train();
    assertThat(norm(0)).isCloseTo(before, within(1e-4f));
    float[] bias = backend.memory().download(model.parameters().get(1).value());
    trainer().optimizer(Sgd.rate(1e-3).momentum(0).decay(100)).epochs(1).train();
    assertThat(norm(0)).isLessThan(before * 0.9f);
    assertThat(backend.memory().download(model.parameters().get(1).value())).isNotEqualTo(bias);
    assertThat(model.parameters().get(1).decays()).isFalse();
  }

  private float norm(int parameter) {
    double sum = 0;
    for (float value : backend.memory().download(model.parameters().get(parameter).value())) {
      sum += (double) value * value;
    }
    return (float) Math.sqrt(sum);
  }

  @Test
  void trainingNeedsData() {
    assertThatThrownBy(() -> Trainer.of(model).train()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> trainer().resume().train()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> trainer().batch(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
