package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Idx;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta import idx}: the format that MNIST comes in. */
@Command(
    name = "idx",
    description = "Imports IDX files, MNIST's format, gzipped or not.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import idx --images train-images-idx3-ubyte.gz \\",
      "                 --labels train-labels-idx1-ubyte.gz --out train.arrow",
      "  wta import idx --images images.idx3 --out images.arrow"
    })
public final class ImportIdxCommand extends ImportFormatCommand {
  @Option(
      names = "--images",
      required = true,
      paramLabel = "FILE",
      description = "The images: an IDX file.")
  Path images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "The labels: an IDX file. Probing needs them, training does not.")
  Path labels;

  @Override
  ImportSummary convert(ImportTarget target) {
    return Idx.convert(images, Optional.ofNullable(labels), target);
  }
}
