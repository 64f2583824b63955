package dev.wta.reproduce.source;

import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Svhn;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.ReproductionListener;
import java.nio.file.Path;
import java.util.List;

/** SVHN's cropped digits; of the training digits, those that are not called extra. */
public record SvhnFiles() implements PaperDataset {
  private static final String HOME = "http://ufldl.stanford.edu/housenumbers/";

  @Override
  public String name() {
    return "SVHN";
  }

  @Override
  public String wanted() {
    return "train_32x32.mat and test_32x32.mat";
  }

  @Override
  public Imported prepare(Path folder, Path cache, ReproductionListener listener) {
    SourceFolder sources = SourceFolder.of(folder, "svhn", "SVHN");
    ImportCache imports = new ImportCache(cache);
    return new Imported(
        imported(sources, "train", imports, listener),
        imported(sources, "test", imports, listener),
        List.of("Trained on train_32x32.mat; the extra digits are not used."));
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
