package dev.wta.reproduce.source;

import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Cifar10;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.ReproductionListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10: its binary version, or else its pictures re-encoded as JPEG, {@code
 * train/<class>/*.jpg}, as a folder or an archive of one.
 */
public record Cifar10Files() implements PaperDataset {
  private static final String HOME = "https://www.cs.toronto.edu/~kriz/cifar.html";
  private static final String BATCH = "data_batch_1.bin";
  private static final String CLASS = "train/airplane";

  @Override
  public String name() {
    return "CIFAR-10";
  }

  @Override
  public String wanted() {
    return "cifar-10-binary.tar.gz or its folder; or cifar10-jpeg.tar.gz or a folder of"
        + " train/<class>/*.jpg and test/<class>/*.jpg";
  }

  @Override
  public Imported prepare(Path folder, Path cache, ReproductionListener listener) {
    SourceFolder sources =
        SourceFolder.of(folder, "cifar10", "cifar-10", "cifar-10-batches-bin", "cifar10-jpeg");
    ImportCache imports = new ImportCache(cache);
    Optional<Path> binary = sources.find(BATCH).map(Path::getParent);
    if (binary.isEmpty()) {
      binary = sources.find("cifar-10-binary.tar.gz", "cifar-10-binary.tar");
    }
    Optional<Path> pictures = sources.find(CLASS).map(some -> some.getParent().getParent());
    if (pictures.isEmpty()) {
      pictures = sources.find("cifar10-jpeg.tar.gz", "cifar10-jpeg.tar", "cifar10-jpeg.zip");
    }
    if (binary.isEmpty() && pictures.isPresent()) {
      return ofPictures(pictures.get(), imports, listener);
    }
    return ofBinary(
        binary.orElseGet(() -> sources.require(HOME, "cifar-10-binary.tar.gz")), imports, listener);
  }

  private static Imported ofBinary(
      Path source, ImportCache imports, ReproductionListener listener) {
    return new Imported(
        part(source, Cifar10.Part.TRAIN, "cifar10-train.arrow", imports, listener),
        part(source, Cifar10.Part.TEST, "cifar10-test.arrow", imports, listener),
        List.of("CIFAR-10's binary version, %s.".formatted(source.getFileName())));
  }

  private static Path part(
      Path source,
      Cifar10.Part part,
      String name,
      ImportCache imports,
      ReproductionListener listener) {
    return imports.file(
        name,
        List.of(source),
        out -> {
          listener.note("importing %s of %s".formatted(name, source));
          Cifar10.convert(
              source, Optional.of(part), ImportTarget.to(out).listen(listener.importing()));
        });
  }

  private static Imported ofPictures(
      Path source, ImportCache imports, ReproductionListener listener) {
    return new Imported(
        pictures(source, "train", "cifar10-jpeg-train.arrow", imports, listener),
        pictures(source, "test", "cifar10-jpeg-test.arrow", imports, listener),
        List.of(
            "CIFAR-10 re-encoded as JPEG, %s: close to the original pixels, but not them."
                .formatted(source.getFileName())));
  }

  private static Path pictures(
      Path source, String under, String name, ImportCache imports, ReproductionListener listener) {
    ImageOptions all = ImageOptions.DEFAULT;
    ImageOptions options =
        new ImageOptions(
            Optional.of(under),
            all.names(),
            true,
            Optional.empty(),
            all.fit(),
            ImageOptions.Channels.COLOUR,
            0);
    return imports.file(
        name,
        List.of(source),
        out -> {
          listener.note("importing %s of %s".formatted(name, source));
          ImageFolder.convert(source, options, ImportTarget.to(out).listen(listener.importing()));
        });
  }
}
