package dev.wta.reproduce.source;

import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Svhn;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.ReproductionListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * SVHN's cropped digits: those for training and testing and, where they are there, the extra ones,
 * which autoencoders learn from and classifiers do not see.
 */
public record SvhnFiles() implements PaperDataset {
  private static final String HOME = "http://ufldl.stanford.edu/housenumbers/";

  @Override
  public String name() {
    return "SVHN";
  }

  @Override
  public String wanted() {
    return "train_32x32.mat and test_32x32.mat; extra_32x32.mat, if it is there, to train on, too";
  }

  @Override
  public Imported prepare(Path folder, Path cache, ReproductionListener listener) {
    SourceFolder sources = SourceFolder.of(folder, "svhn", "SVHN");
    ImportCache imports = new ImportCache(cache);
    Optional<Path> extra =
        sources.find("extra_32x32.mat").map(found -> imported(sources, "extra", imports, listener));
    return new Imported(
        imported(sources, "train", imports, listener),
        imported(sources, "test", imports, listener),
        extra,
        List.of(
            extra.isPresent()
                ? "Autoencoders trained on train_32x32.mat and extra_32x32.mat, classifiers on the"
                    + " first."
                : "Trained on train_32x32.mat alone: there is no extra_32x32.mat, which the paper's"
                    + " autoencoders learn from, too."));
  }

  private static Path imported(
      SourceFolder sources, String part, ImportCache imports, ReproductionListener listener) {
    Path source = sources.require(HOME, part + "_32x32.mat");
    return imports.file(
        "svhn-%s.arrow".formatted(part),
        List.of(source),
        out -> {
          listener.note("importing %s".formatted(source));
          Svhn.convert(source, ImportTarget.to(out).listen(listener.importing()));
        });
  }
}
