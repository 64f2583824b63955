package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingResult;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library as a program uses it: from an Arrow file to features, and again from the run's
 * directory.
 */
class LibraryExampleTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeData() {
    int samples = 300;
    byte[] pixels = new byte[samples * 64];
    float[] values = TestData.uniform("pixels", pixels.length);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (values[i] * 256);
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            directory.resolve("train.arrow"), Shape.of(1, 8, 8), ElementType.UINT8, true)) {
      writer.append(pixels, new int[samples], samples);
      writer.commit();
    }
  }

  @Test
  void theExampleRuns() {
    Path runDirectory = directory.resolve("run");
    try (Backend backend = Backends.best();
        ArrowDataset images = ArrowDataset.open(directory.resolve("train.arrow"));
        FcWta model =
            FcWta.Settings.DEFAULTS
                .hidden(50)
                .lifetime(0.05)
                .tied(true)
                .on(images.sampleShape(), backend, Seed.of(1))) {
      TrainingResult run =
          Trainer.of(model)
              .data(images)
              .batch(100)
              .optimizer(Adam.rate(1e-3))
              .epochs(20)
              .to(runDirectory)
              .train();
      assertThat(run.steps()).isEqualTo(60);
      assertThat(run.last().orElseThrow().metrics().get("explainedVariance")).isGreaterThan(0.02);
      try (Features features = model.encode(images);
          Model loaded = RunDirectory.open(runDirectory).loadModel(backend);
          Features again = loaded.encode(images)) {
        assertThat(features.values().shape()).isEqualTo(Shape.of(300, 50));
        assertThat(backend.memory().download(again.values()))
            .isEqualTo(backend.memory().download(features.values()));
      }
    }
  }
}
