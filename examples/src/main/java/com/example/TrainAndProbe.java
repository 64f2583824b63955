package com.example;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeResult;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;

/** Trains FC-WTA, keeps the run, and judges its features: {@code TRAIN.arrow TEST.arrow RUN}. */
public final class TrainAndProbe {
  private TrainAndProbe() {}

  public static void main(String[] args) {
    try (Backend backend = Backends.best();
        ArrowDataset train = ArrowDataset.open(Path.of(args[0]));
        ArrowDataset test = ArrowDataset.open(Path.of(args[1]));
        Model model =
            FcWta.Settings.DEFAULTS
                .hidden(256)
                .lifetime(0.05)
                .on(train.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model)
          .data(train)
          .batch(100)
          .optimizer(Adam.rate(1e-3))
          .epochs(10)
          .to(Path.of(args[2]))
          .train();
      try (Features trainFeatures = model.encode(train);
          Features testFeatures = model.encode(test)) {
        ProbeResult probe =
            ProbeResult.of(
                LinearSvm.choosingC(), trainFeatures, train.labels(), testFeatures, test.labels());
        System.out.printf(
            "test error %.2f %%, Hoyer sparsity %.2f%n",
            100 * probe.testError(), HoyerSparsity.of(testFeatures));
      }
    }
  }
}
