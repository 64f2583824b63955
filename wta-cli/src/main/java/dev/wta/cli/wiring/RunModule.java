package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.backend.Backend;
import dev.wta.cli.job.RunToRead;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;

/** Opens a run and loads its model. */
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
  Model model(RunDirectory run, Backend backend) {
    Model model = run.loadModel(backend, request.changed());
    return resources.add(model, model::close);
  }
}
