package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Svhn;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code wta import svhn}: the house numbers' cropped digits. */
@Command(
    name = "svhn",
    description = "Imports SVHN's cropped digits, MATLAB files. Label 10 becomes 0.",
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import svhn train_32x32.mat --out train.arrow",
      "  wta import svhn test_32x32.mat --out test.arrow"
    })
public final class ImportSvhnCommand extends ImportFormatCommand {
  @Parameters(paramLabel = "FILE", description = "The MATLAB file.")
  Path source;

  @Override
  ImportSummary convert(ImportTarget target) {
    return Svhn.convert(source, target);
  }
}
