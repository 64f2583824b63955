package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that computes. */
@OptionHeading("Computing")
public final class ComputeOptions {
  private static final String REFERENCE = "reference";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "The backend to compute with (default: the fastest that can run here).")
  String name;

  private BackendOptions options = BackendOptions.defaults();

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "The number of threads (default: one per processor). Results do not depend on it.")
  void threads(int count) {
    if (count < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads is %d, and has to be at least 1".formatted(count));
    }
    options = options.withThreads(count);
  }

  /** The most threads to use, from 1. */
  public int threads() {
    return options.threads();
  }

  /**
   * Opens the backend that was named, or the fastest that can run here; the caller closes it. Where
   * none can run but the reference, that is the reference with a warning, since a command shows how
   * slowly it goes and can be stopped.
   *
   * @throws WtaException if there is no backend of that name, or it cannot run here
   */
  public Backend open() {
    if (name != null) {
      return Backends.named(name, options);
    }
    try {
      return Backends.best(options);
    } catch (WtaException noOther) {
      LoggerFactory.getLogger(ComputeOptions.class)
          .warn("{}; it is used, many times slower than any other", noOther.problem());
      return Backends.named(REFERENCE, options);
    }
  }
}
