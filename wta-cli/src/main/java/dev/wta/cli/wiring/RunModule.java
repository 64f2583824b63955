package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.backend.Backend;
import dev.wta.cli.job.RunToRead;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;

/** Opens a run and its encoder. */
final class RunModule extends AbstractModule {
  private final RunToRead request;
  private final Resources resources;

  RunModule(RunToRead request, Resources resources) {
    this.request = request;
    this.resources = resources;
  }

  @Provides
  @Singleton
  RunDirectory run() {
    return RunDirectory.open(request.path());
  }

  @Provides
  @Singleton
  Encoder encoder(RunDirectory run, Backend backend) {
    Encoder encoder = run.encoder(backend, request.changed());
    return resources.add(encoder, encoder::close);
  }
}
