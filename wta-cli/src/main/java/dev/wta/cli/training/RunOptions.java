package dev.wta.cli.training;

import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of the run that a training writes, and of an earlier one that it starts from. */
final class RunOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder, for its configuration, checkpoints and metrics.")
  Path out;

  @Option(
      names = "--from",
      paramLabel = "RUN",
      description =
          "Fine-tune: start from the parameters, pre-processing and settings of this run. Warm-ups"
              + " are not repeated.")
  Path from;

  @Option(names = "--resume", description = "Continue the run in --out from its last checkpoint.")
  boolean resume;

  @Option(
      names = "--dry-run",
      description = "Estimate memory, steps and time from the first steps, and write nothing.")
  boolean dryRun;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /**
   * Checks that a resumed training is asked for nothing else.
   *
   * @param sweeps whether a new sweep is asked for
   * @throws ParameterException if it is
   */
  void check(CommandLine command, boolean sweeps) {
    if (resume && dryRun) {
      throw new ParameterException(
          command, "--dry-run estimates a new training, and cannot be combined with --resume");
    }
    if (resume && from != null) {
      throw new ParameterException(
          command, "--resume continues the run in --out, and cannot be combined with --from");
    }
    if (resume && sweeps) {
      throw new ParameterException(
          command, "--resume continues the sweep in --out, and cannot be combined with --sweep");
    }
  }

  /**
   * The configuration of the run that is resumed or fine-tuned; empty for a new one.
   *
   * @throws dev.wta.api.WtaException if there is no such run, or a stream's is to be resumed
   */
  Optional<RunConfig> earlier() {
    if (!resume && from == null) {
      return Optional.empty();
    }
    RunConfig config = RunDirectory.open(resume ? out : from).config();
    if (resume && config.streamed()) {
      throw RunWriter.streamGone(out);
    }
    return Optional.of(config);
  }

  /** Gives a trainer the run that its model is fine-tuned from, if there is one. */
  void fineTune(Trainer trainer) {
    if (from != null) {
      trainer.from(RunDirectory.open(from));
    }
  }
}
