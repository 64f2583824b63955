package dev.wta.api.reference;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.BackendProvider;
import dev.wta.api.Probe;

/**
 * Offers the reference backend, which runs everywhere and is chosen only where nothing faster runs.
 */
public final class ReferenceProvider implements BackendProvider {
  static final String NAME = "reference";
  static final String DEVICE = "scalar loops, 1 thread";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Probe probe() {
    return new Probe.Usable(1, DEVICE);
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend();
  }
}
