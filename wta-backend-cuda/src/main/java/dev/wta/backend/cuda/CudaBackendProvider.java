package dev.wta.backend.cuda;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.BackendProvider;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.device.Installation;

/** Offers the backend on NVIDIA's GPUs. */
public final class CudaBackendProvider implements BackendProvider {
  static final String NAME = "cuda";

  private final LibrarySearch search;

  /** Looks for NVIDIA's libraries wherever they may be on this machine. */
  public CudaBackendProvider() {
    this(LibrarySearch.ofThisMachine());
  }

  public CudaBackendProvider(LibrarySearch search) {
    this.search = search;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability probe() {
    return Installation.probe(search);
  }

  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Availability.Unusable unusable) {
      throw new WtaException(
          "backend '%s' cannot run here: %s".formatted(NAME, unusable.reason()), unusable.remedy());
    }
    return new CudaBackend(Installation.find(search), options);
  }
}
