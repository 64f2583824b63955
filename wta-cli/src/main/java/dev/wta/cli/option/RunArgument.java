package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The run that a command works on: {@code RUN} or {@code --run RUN}. Commands take it as a required
 * group of which one is given.
 */
public final class RunArgument {
  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  Path argument;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "RUN",
      description = "The run's folder, as an option.")
  Path option;

  /** The run's folder. */
  public Path folder() {
    return argument == null ? option : argument;
  }

  /**
   * Opens the run.
   *
   * @throws WtaException if the folder holds no run
   */
  public RunDirectory open() {
    return RunDirectory.open(folder());
  }

  /** The run's folder, as messages and documents name it. */
  @Override
  public String toString() {
    return folder().toString();
  }
}
