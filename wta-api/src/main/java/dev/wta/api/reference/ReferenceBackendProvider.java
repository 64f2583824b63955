package dev.wta.api.reference;

import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.BackendProvider;

/**
 * Offers the reference backend, which runs everywhere and is chosen only where nothing faster runs.
 */
public final class ReferenceBackendProvider implements BackendProvider {
  static final String NAME = "reference";
  static final String DEVICE = "scalar loops, 1 thread";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability probe() {
    return new Availability.Usable(Availability.Usable.SCALAR, DEVICE);
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend();
  }
}
