package dev.wta.backend.nd4j;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.BackendProvider;

/**
 * Offers the backend on ND4J. This class loads without ND4J, so that it can say that ND4J or its
 * native library is missing; everything that needs it stands behind {@link Nd4jRuntime}.
 */
public final class Nd4jBackendProvider implements BackendProvider {
  static final String NAME = "nd4j";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability probe() {
    return Nd4jRuntime.probe();
  }

  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Availability.Unusable unusable) {
      throw new WtaException(
          "backend '%s' cannot run here: %s".formatted(NAME, unusable.reason()), unusable.remedy());
    }
    return new Nd4jBackend(options);
  }
}
