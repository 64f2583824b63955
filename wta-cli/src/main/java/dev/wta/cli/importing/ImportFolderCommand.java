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
      "Imports a folder of PNG, JPEG and PNM (PBM, PGM, PPM) images, ordered by path.",
      "",
      "Each sub-folder is a class; classes are numbered from 0 in the order of their names."
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
      description = "Import only this folder of the source.")
  String under;

  @Option(
      names = "--names",
      paramLabel = "GLOB",
      description = "Import only files whose names match, such as '*.pgm'.")
  String names;

  @Option(
      names = "--no-labels",
      description = "Ignore classes: import all images below the source, without labels.")
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
      description = "Scale images to this size; their proportions may change.")
  ImageSize resize;

  @Option(
      names = "--crop",
      paramLabel = "WxH",
      converter = ImageSize.Converter.class,
      description =
          "Scale images until they cover this size, and crop them to it around the centre.")
  ImageSize crop;

  @Option(names = "--grey", description = "Convert all images to greyscale.")
  boolean grey;

  @Option(
      names = "--colour",
      description =
          "Convert all images to RGB. Without --grey and --colour the first image decides.")
  boolean colour;

  @Option(
      names = "--max-bad",
      paramLabel = "N",
      defaultValue = "0",
      description = "The largest number of unreadable images to leave out (default: 0).")
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
