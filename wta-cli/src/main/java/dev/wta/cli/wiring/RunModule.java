package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.Backend;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Path;

/** Opens a run and loads its model. */
final class RunModule extends AbstractModule {
  private final Path path;
  private final Resources resources;

  RunModule(Path path, Resources resources) {
    this.path = path;
    this.resources = resources;
  }

  @Provides
  @Singleton
  RunDirectory run() {
    return RunDirectory.open(path);
  }

  @Provides
  @Singleton
  Model model(RunDirectory run, Backend backend) {
    Model model = run.loadModel(backend);
    return resources.add(model, model::close);
  }
}
