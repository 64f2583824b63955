package dev.wta.cli.importing;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta import}: turns the world's data sets into Arrow files, and its models into runs. */
@Command(
    name = "import",
    description = "Converts a data set to an Arrow file, or another tool's model to a run.",
    synopsisSubcommandLabel = "<format>",
    subcommands = {
      ImportIdxCommand.class,
      ImportCifar10Command.class,
      ImportSvhnCommand.class,
      ImportFolderCommand.class,
      ImportNpyCommand.class,
      ImportCsvCommand.class,
      ImportSaeCommand.class
    },
    commandListHeading = "%nFormats:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import idx --images train-images-idx3-ubyte.gz \\",
      "                 --labels train-labels-idx1-ubyte.gz --out train.arrow",
      "  wta import cifar10 cifar-10-binary.tar.gz --out train.arrow",
      "  wta import folder images --out images.arrow",
      "  wta import sae gpt2-small-res-jb/blocks.8.hook_resid_pre --out runs/gpt2"
    })
public final class ImportCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "import needs a format, such as idx");
  }
}
