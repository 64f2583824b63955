package com.example;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.models.sae.SparseAutoencoder;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;

/** Trains a TopK autoencoder on data whose dictionary is known, and asks how much it found. */
public final class DictionaryRecovery {
  private static final int INPUTS = 32;
  private static final int ATOMS = 48;
  private static final int ACTIVE = 3;

  private DictionaryRecovery() {}

  public static void main(String[] args) {
    DictionaryData data = new DictionaryData(20_000, INPUTS, ATOMS, ACTIVE, 1);
    System.out.printf("mean cosine of an atom and its decoder row: %.3f%n", recovery(data, 10));
  }

  /**
   * The mean over atoms of the largest cosine with a row of the trained decoder: 1 where all atoms
   * were found, about 0.5 for random rows.
   */
  static double recovery(DictionaryData data, int epochs) {
    try (Backend backend = Backends.best();
        SparseAutoencoder model =
            TopKSae.Settings.DEFAULTS
                .hidden(2 * ATOMS)
                .k(ACTIVE)
                .on(data.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model).data(data).batch(100).epochs(epochs).train();
      float[] rows = backend.memory().download(model.decoderFilters());
      double sum = 0;
      for (float[] atom : data.atoms()) {
        double best = 0;
        for (int row = 0; row < model.features(); row++) {
          best = Math.max(best, cosine(atom, rows, row * INPUTS));
        }
        sum += best;
      }
      return sum / ATOMS;
    }
  }

  /** Of an atom, whose length is 1, and the row that begins at {@code from}. */
  private static double cosine(float[] atom, float[] rows, int from) {
    double product = 0;
    double squares = 0;
    for (int i = 0; i < atom.length; i++) {
      product += (double) atom[i] * rows[from + i];
      squares += (double) rows[from + i] * rows[from + i];
    }
    return product / Math.sqrt(squares);
  }
}
