package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.image.ImageFit;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import dev.wta.data.importer.image.ImageOptions.Channels;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code wta import folder}: images. */
@Command(
    name = "folder",
    description = {
      "Imports images, PNG, JPEG and PNM (PBM, PGM, PPM), in the order of their paths.",
      "",
      "Where they are in sub-folders, each of these is a class, numbered by name from 0."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import folder images --out images.arrow",
      "  wta import folder cifar10-jpeg.tar.gz --under train --out train.arrow",
      "  wta import folder faces.zip --names '*.pgm' --resize 48x48 --out faces.arrow",
      "  wta import folder photos --no-labels --crop 512x512 --grey --out photos.arrow"
    })
public final class ImportFolderCommand extends ImportFormatCommand {
  @Parameters(paramLabel = "SOURCE", description = "The folder, or a .tar, .tar.gz or .zip of one.")
  Path source;

  @Option(
      names = "--under",
      paramLabel = "FOLDER",
      description = "Take what is in this folder of the source only.")
  String under;

  @Option(
      names = "--names",
      paramLabel = "GLOB",
      description = "Take images of such file names only: '*.pgm'.")
  String names;

  @Option(
      names = "--no-labels",
      description = "Sub-folders are no classes: take all images, however deep.")
  boolean unlabelled;

  @Option(
      names = "--classes-of",
      paramLabel = "FILE",
      description = "Number the classes as in this Arrow file, such as that of the training set.")
  Path classesOf;

  @Option(
      names = "--resize",
      paramLabel = "WxH",
      converter = ImageSize.Converter.class,
      description = "Scale images to this size, whatever becomes of their proportions.")
  ImageSize resize;

  @Option(
      names = "--crop",
      paramLabel = "WxH",
      converter = ImageSize.Converter.class,
      description = "Scale images so that they just cover this size, and take the middle.")
  ImageSize crop;

  @Option(names = "--grey", description = "Make all images grey.")
  boolean grey;

  @Option(
      names = "--colour",
      description =
          "Make all images coloured. Without --grey and --colour they are as the first is.")
  boolean colour;

  @Option(
      names = "--max-bad",
      paramLabel = "N",
      defaultValue = "0",
      description = "Leave out up to so many images that cannot be read; 0 unless given.")
  int maxBad;

  @Override
  ImportSummary convert(ImportTarget target) {
    return ImageFolder.convert(source, options(), target);
  }

  private ImageOptions options() {
    refuse(resize != null && crop != null, "--resize and --crop exclude each other");
    refuse(grey && colour, "--grey and --colour exclude each other");
    refuse(unlabelled && classesOf != null, "--no-labels and --classes-of exclude each other");
    refuse(maxBad < 0, "--max-bad is %d".formatted(maxBad));
    return new ImageOptions(
        Optional.ofNullable(under),
        Optional.ofNullable(names),
        !unlabelled,
        Optional.ofNullable(classesOf),
        fit(),
        grey ? Channels.GREY : colour ? Channels.COLOUR : Channels.OF_THE_FIRST,
        maxBad);
  }

  private ImageFit fit() {
    if (resize != null) {
      return new ImageFit.Resize(resize.width(), resize.height());
    }
    return crop != null ? new ImageFit.Crop(crop.width(), crop.height()) : new ImageFit.AsStored();
  }

  private void refuse(boolean wrong, String problem) {
    if (wrong) {
      throw new ParameterException(spec.commandLine(), problem);
    }
  }
}
