package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.competition.None;
import dev.wta.models.settings.Setting;
import java.util.List;

/** The plain autoencoder: {@link FcWta} without a competition, to compare it with. */
public final class Autoencoder extends FullyConnected {
  private static final String NAME = "autoencoder";

  /** Of {@link Autoencoder}. */
  public record Settings(
      @Setting(help = HIDDEN_HELP, min = 1, max = 1 << 20, shapesParameters = true)
          List<Integer> hidden,
      Weights weights)
      implements CommonSettings<Settings>, ModelSettings<Settings, Autoencoder> {
    public static final Settings DEFAULTS = new Settings(List.of(2000), Weights.DEFAULTS);

    @Override
    public Autoencoder on(Shape sample, Backend backend, Seed seed) {
      return new Autoencoder(this, sample, backend, seed);
    }
  }

  public static final ModelFamily FAMILY =
      ModelFamily.of(
          NAME,
          "plain ReLU autoencoder without a competition, for contrast",
          Settings.DEFAULTS,
          Autoencoder::new);

  Autoencoder(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, new None(), backend, seed);
  }
}
