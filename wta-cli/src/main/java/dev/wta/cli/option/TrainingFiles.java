package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.reading.PeekedStream;
import dev.wta.models.ModelFamily;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of what a model is trained on. */
@OptionHeading("Training data")
public final class TrainingFiles {
  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "The training samples, a file or folder: Arrow, Parquet, .npy or .safetensors; '-' is an"
              + " Arrow stream on standard input.")
  Path data;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description =
          "A transcoder's targets: row i is the target of sample i of --data. It may be the same"
              + " file, with a column 'target'.")
  Path target;

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description =
          "Validation samples: the epoch with the lowest loss on them is kept. Replaces the setting"
              + " held-out, a share of --data. The setting patience stops early.")
  Path validation;

  @Option(
      names = "--validation-target",
      paramLabel = "FILE",
      description = "A transcoder's targets of the samples of --validation.")
  Path validationTarget;

  @Option(
      names = "--target-column",
      paramLabel = "NAME",
      description = "The column, or safetensors tensor, of --target.")
  String targetColumn;

  @Mixin DataOptions options;

  /** The samples' file. */
  public Path data() {
    return data;
  }

  /** The file of a transcoder's targets; null for other models. */
  public Path target() {
    return target;
  }

  /** Whether there are targets of validation samples alone. */
  public boolean lacksValidation() {
    return validation == null && validationTarget != null;
  }

  /** Whether the samples come from standard input. */
  public boolean standardInput() {
    return DataOptions.isStandardInput(data);
  }

  /** Opens the samples. */
  public Dataset open() {
    return options.open(data);
  }

  /** Standard input's samples, which are read once as they arrive. */
  public PeekedStream stream() {
    return options.stream();
  }

  /** Opens a transcoder's targets; null for other models. */
  public Dataset openTarget(ModelFamily family) {
    if (target == null) {
      return null;
    }
    if (!family.transcodes()) {
      throw new WtaException(
          "%s reconstructs its samples, and has no target".formatted(family.name()),
          "leave out --target, or take a transcoder such as topk-transcoder");
    }
    return options.openTarget(target, targetColumn);
  }

  /** Opens the samples to choose the best epoch by; null without them. */
  public Dataset openValidation() {
    return validation == null ? null : options.open(validation);
  }

  /** Opens the targets of those; null without them. */
  public Dataset openValidationTarget() {
    return validationTarget == null ? null : options.openTarget(validationTarget, targetColumn);
  }

  /** The samples, as a further command has them after --data or --train. */
  public String samples() {
    return (standardInput() ? "TRAIN.arrow" : data.toString()) + options.given();
  }

  /** The files, as the command that resumes the run has them after --data. */
  public String sources() {
    StringBuilder sources = new StringBuilder(data.toString());
    if (target != null) {
      sources.append(" --target ").append(target);
    }
    if (validation != null) {
      sources.append(" --validation ").append(validation);
    }
    if (validationTarget != null) {
      sources.append(" --validation-target ").append(validationTarget);
    }
    if (targetColumn != null) {
      sources.append(" --target-column ").append(targetColumn);
    }
    return sources + options.given();
  }
}
