package com.example;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.SparseCode;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;

/** Trains a TopK sparse autoencoder, keeps the run, and encodes: {@code DATA.arrow RUN}. */
public final class SparseFeatures {
  private SparseFeatures() {}

  public static void main(String[] args) {
    // README: sparse
    try (Backend backend = Backends.best();
        Dataset data = ArrowDataset.open(Path.of(args[0]));
        Model model =
            TopKSae.Settings.DEFAULTS
                .hidden(256)
                .k(8)
                .on(data.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model).data(data).epochs(5).to(Path.of(args[1])).train();
      try (Encoder encoder = RunDirectory.open(Path.of(args[1])).encoder(backend)) {
        for (SparseCode code : encoder.encodeSparse(data)) {
          System.out.println(code); // {3=0.5, 17=1.25} of 256
        }
      }
    }
    // README: end
  }
}
