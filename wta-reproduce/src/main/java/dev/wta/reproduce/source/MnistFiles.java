package dev.wta.reproduce.source;

import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Idx;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.ReproductionListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** MNIST's four files, gzipped or not. */
public record MnistFiles() implements PaperDataset {
  private static final String HOME = "https://yann.lecun.com/exdb/mnist/";

  @Override
  public String name() {
    return "MNIST";
  }

  @Override
  public String wanted() {
    return "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
        + " t10k-labels-idx1-ubyte, with or without .gz";
  }

  @Override
  public Imported prepare(Path folder, Path cache, ReproductionListener listener) {
    SourceFolder sources = SourceFolder.of(folder, "mnist", "MNIST");
    return new Imported(
        imported(sources, "train", "mnist-train.arrow", cache, listener),
        imported(sources, "t10k", "mnist-test.arrow", cache, listener),
        List.of());
  }

  private static Path imported(
      SourceFolder sources, String part, String name, Path cache, ReproductionListener listener) {
    Path images = require(sources, part + "-images-idx3-ubyte");
    Path labels = require(sources, part + "-labels-idx1-ubyte");
    return new ImportCache(cache)
        .file(
            name,
            List.of(images, labels),
            out -> {
              listener.note("importing %s".formatted(images));
              Idx.convert(
                  images, Optional.of(labels), ImportTarget.to(out).listen(listener.importing()));
            });
  }

  private static Path require(SourceFolder sources, String name) {
    return sources.require(HOME, name + ".gz", name);
  }
}
