package dev.wta.cli.process;

import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;

/** The README's program; {@link ReadmeTest} runs it and compares its text with the README's. */
final class ReadmeExample {
  private ReadmeExample() {}

  public static void main(String[] args) {
    // README: library
    try (var backend = Backends.best();
        var images = ArrowDataset.open(Path.of("train.arrow"));
        var model =
            FcWta.Settings.DEFAULTS
                .hidden(2000)
                .lifetime(0.05)
                .on(images.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model).data(images).batch(100).optimizer(Adam.rate(1e-3)).epochs(50).train();
      try (var features = model.encode(images)) {
        var classifier = LinearSvm.choosingC().fit(features, images.labels());
        System.out.printf("training error %.4f%n", classifier.trainError());
      }
    }
    // README: end
  }
}
