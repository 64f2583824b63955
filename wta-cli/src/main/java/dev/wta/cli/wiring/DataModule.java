package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Singleton;
import com.google.inject.name.Names;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import java.nio.file.Path;
import java.util.Map;

/** Opens the data sets, each known by its role: {@code train}, {@code test}. */
final class DataModule extends AbstractModule {
  private final Map<String, Path> paths;
  private final Resources resources;

  DataModule(Map<String, Path> paths, Resources resources) {
    this.paths = paths;
    this.resources = resources;
  }

  @Override
  protected void configure() {
    paths.forEach(
        (role, path) ->
            bind(Key.get(Dataset.class, Names.named(role)))
                .toProvider(() -> open(path))
                .in(Singleton.class));
  }

  private Dataset open(Path path) {
    Dataset data = DatasetFile.open(path);
    return resources.add(data, data::close);
  }
}
