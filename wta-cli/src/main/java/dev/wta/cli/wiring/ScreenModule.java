package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.api.ProbeListener;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.ProgressDisplay;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.models.training.TrainingListener;
import java.util.List;

/** Provides those who tell people how far a job is. */
final class ScreenModule extends AbstractModule {
  private final Console screen;
  private final Resources resources;

  ScreenModule(Console screen, Resources resources) {
    this.screen = screen;
    this.resources = resources;
  }

  @Provides
  Console screen() {
    return screen;
  }

  @Provides
  @Singleton
  List<TrainingListener> trainingListeners() {
    if (screen.quiet()) {
      return List.of();
    }
    ProgressDisplay display = new ProgressDisplay(screen);
    return List.of(resources.add(display, display::close));
  }

  @Provides
  @Singleton
  ProbeListener probeListener() {
    StageDisplay display = new StageDisplay(screen);
    return resources.add(display, display::close);
  }
}
