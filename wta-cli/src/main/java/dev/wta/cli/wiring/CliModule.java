package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.wta.cli.terminal.Console;
import java.util.function.BooleanSupplier;

/**
 * What commands are given. Data, backends, models and runs are theirs to open and to close: what
 * they open depends on their options.
 */
public final class CliModule extends AbstractModule {
  private final BooleanSupplier quiet;

  /**
   * A module for one command line.
   *
   * @param quiet whether only results and errors are shown; asked once the line is parsed
   */
  public CliModule(BooleanSupplier quiet) {
    this.quiet = quiet;
  }

  @Provides
  @Singleton
  Console screen() {
    return Console.ofStandardError(quiet.getAsBoolean());
  }
}
