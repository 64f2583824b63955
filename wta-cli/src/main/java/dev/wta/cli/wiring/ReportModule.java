package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the samples that a report is to show, if some were named. */
final class ReportModule extends AbstractModule {
  private final Optional<Path> data;
  private final Resources resources;

  ReportModule(Optional<Path> data, Resources resources) {
    this.data = data;
    this.resources = resources;
  }

  @Provides
  @Singleton
  Optional<Dataset> samples() {
    return data.map(
        path -> {
          Dataset opened = DatasetFile.open(path);
          return resources.add(opened, opened::close);
        });
  }
}
