package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.Backends;
import dev.wta.cli.job.Compute;

/** Opens the backend. */
final class ComputeModule extends AbstractModule {
  private final Compute compute;
  private final Resources resources;

  ComputeModule(Compute compute, Resources resources) {
    this.compute = compute;
    this.resources = resources;
  }

  @Provides
  @Singleton
  Backend backend() {
    BackendOptions defaults = BackendOptions.defaults();
    BackendOptions options =
        compute.threads() == 0 ? defaults : defaults.withThreads(compute.threads());
    Backend backend =
        compute
            .backend()
            .map(name -> NamedBackends.open(name, options))
            .orElseGet(() -> Backends.best(options));
    return resources.add(backend, backend::close);
  }
}
