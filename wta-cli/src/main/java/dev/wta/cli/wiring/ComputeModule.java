package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.cli.job.Compute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the backend. */
final class ComputeModule extends AbstractModule {
  private static final Logger log = LoggerFactory.getLogger(ComputeModule.class);
  private static final String REFERENCE = "reference";

  private final Compute compute;
  private final Resources resources;

  ComputeModule(Compute compute, Resources resources) {
    this.compute = compute;
    this.resources = resources;
  }

  @Provides
  @Singleton
  Backend backend() {
    Backend backend = open(compute);
    return resources.add(backend, backend::close);
  }

  static Backend open(Compute compute) {
    BackendOptions defaults = BackendOptions.defaults();
    BackendOptions options =
        compute.threads() == 0 ? defaults : defaults.withThreads(compute.threads());
    return compute
        .backend()
        .map(name -> NamedBackends.open(name, options))
        .orElseGet(() -> automatic(options));
  }

  /**
   * The fastest backend that can run here; where that is none but the reference, the reference with
   * a warning, since a command shows how slowly it goes and can be stopped.
   */
  private static Backend automatic(BackendOptions options) {
    try {
      return Backends.best(options);
    } catch (WtaException noOther) {
      log.warn("{}; going on with it, many times slower than any other", noOther.problem());
      return Backends.named(REFERENCE, options);
    }
  }
}
