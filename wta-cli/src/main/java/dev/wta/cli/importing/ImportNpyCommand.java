package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Npy;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta import npy}: NumPy arrays. */
@Command(
    name = "npy",
    description = {
      "Imports NumPy arrays, as numpy.save writes them, gzipped or not.",
      "",
      "The first axis counts the samples. Floats are stored as float32, integers, which have to be"
          + " from 0 to 255, as uint8."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import npy images.npy --labels labels.npy --out train.arrow",
      "  wta import npy photos.npy --channels-last --out photos.arrow"
    })
public final class ImportNpyCommand extends ImportFormatCommand {
  @Parameters(
      paramLabel = "FILE",
      description =
          "The samples: an array of shape (samples, features), (samples, height, width) or"
              + " (samples, channels, height, width).")
  Path source;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "The labels: an array of integers from 0.")
  Path labels;

  @Option(
      names = "--channels-last",
      description = "The samples are of shape (samples, height, width, channels).")
  boolean channelsLast;

  @Override
  ImportSummary convert(ImportTarget target) {
    return Npy.convert(source, Optional.ofNullable(labels), channelsLast, target);
  }
}
