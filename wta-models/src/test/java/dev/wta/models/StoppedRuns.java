package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.nio.file.Path;
import java.util.List;

/** Stops trainings, and compares runs that were resumed with uninterrupted ones. */
public final class StoppedRuns {
  private StoppedRuns() {}

  /** The same trainer, which will stop after {@code step} steps of the run. */
  public static Trainer stopAfter(int step, Trainer trainer) {
    return trainer.listen(
        new TrainingListener() {
          @Override
          public void stepped(StepReport report) {
            if (report.step() == step) {
              trainer.requestStop();
            }
          }
        });
  }

  /** Checks that parameters, optimiser and state of two runs are the same, bit for bit. */
  public static void assertSameBits(Path run, Path expected) {
    for (String file : List.of("model.safetensors", "trainer.safetensors", "state.json")) {
      assertThat(run.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
    }
  }
}
