package dev.wta.cli.option;

import dev.wta.cli.job.Compute;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that computes. */
public final class ComputeOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "The backend to compute with; the fastest that can run here unless named.")
  String backend;

  private int threads;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The most threads to use; one a processor unless given. Results do not change.")
  void threads(int count) {
    if (count < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads is %d, and has to be at least 1".formatted(count));
    }
    threads = count;
  }

  public Compute toCompute() {
    return new Compute(Optional.ofNullable(backend), threads);
  }
}
