package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Cifar10;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta import cifar10}: CIFAR-10's binary version. */
@Command(
    name = "cifar10",
    description = "Imports CIFAR-10's binary version, packed or unpacked.",
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import cifar10 cifar-10-binary.tar.gz --out train.arrow",
      "  wta import cifar10 cifar-10-binary.tar.gz --part test --out test.arrow",
      "  wta import cifar10 cifar-10-batches-bin/data_batch_1.bin --out first.arrow"
    })
public final class ImportCifar10Command extends ImportFormatCommand {
  @Parameters(
      paramLabel = "SOURCE",
      description = "The archive, its folder unpacked, or one file of records.")
  Path source;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "Of an archive or a folder: train (the default) or test.")
  Cifar10.Part part;

  @Override
  ImportSummary convert(ImportTarget target) {
    return Cifar10.convert(source, Optional.ofNullable(part), target);
  }
}
