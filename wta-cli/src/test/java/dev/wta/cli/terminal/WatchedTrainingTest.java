package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingInfo;
import dev.wta.models.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a watched training says where its run can no longer be written. */
class WatchedTrainingTest {
  @TempDir private Path directory;

  @Test
  void aFailedFileSaysHowToResume() {
    Path run = directory.resolve("run");
    assertThatThrownBy(() -> train(run, "train.arrow"))
        .isInstanceOf(WtaException.class)
        .hasMessageStartingWith("cannot write " + run.resolve("metrics.jsonl"))
        .hasMessageEndingWith(
            "then resume with 'wta train --resume --data train.arrow --out %s'".formatted(run));
  }

  @Test
  void aTrainingOnAStreamIsNotResumed() {
    assertThatThrownBy(() -> train(directory.resolve("run"), null))
        .isInstanceOf(WtaException.class)
        .hasMessageEndingWith("the space on its disk");
  }

  /** Trains a run whose metrics cannot be written once it has begun. */
  private static void train(Path run, String sources) {
    TrainingListener inTheWay =
        new TrainingListener() {
          @Override
          public void started(TrainingInfo info) {
            try {
              Files.createDirectory(run.resolve("metrics.jsonl"));
            } catch (IOException failed) {
              throw new UncheckedIOException(failed);
            }
          }
        };
    Shape sample = Shape.of(4);
    try (Backend backend = Backends.named("reference", BackendOptions.defaults());
        MemoryDataset data = MemoryDataset.of("samples", sample, new float[32]);
        Model model = TopKSae.Settings.DEFAULTS.hidden(6).k(2).on(sample, backend, Seed.of(1))) {
      WatchedTraining.run(
          Trainer.of(model).data(data).batch(4).epochs(1).listen(inTheWay),
          "samples",
          sources,
          run,
          Console.ofStandardError(true));
    }
  }
}
