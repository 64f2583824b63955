package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.competition.None;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;

/** The plain autoencoder: {@link FcWta} without a competition, to compare it with. */
public final class Autoencoder extends FullyConnected {
  static final String FAMILY = "autoencoder";
  static final SettingsSpec SETTINGS = SettingsSpec.of(HIDDEN, TIED, INIT, DECODER_NORM);

  Autoencoder(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, new None(), backend, seed);
  }

  /** Makes {@link Autoencoder} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "plain ReLU autoencoder without a competition, for contrast";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new Autoencoder(settings, sample, backend, seed);
    }
  }
}
