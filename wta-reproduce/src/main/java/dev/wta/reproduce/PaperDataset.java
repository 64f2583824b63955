package dev.wta.reproduce;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A data set in its published form. */
public interface PaperDataset {
  /** What it is called. */
  String name();

  /** Which files are looked for, for people. */
  String wanted();

  /**
   * Finds the files and imports them, unless that was done before.
   *
   * @param folder where the user has them: in it, or in a folder of it
   * @param cache where the imported files go
   * @throws dev.wta.api.WtaException if they are not there or cannot be read
   */
  Imported prepare(Path folder, Path cache, ReproductionListener listener);

  /**
   * What there is to train and test on.
   *
   * @param train labelled Arrow file
   * @param test labelled Arrow file
   * @param extra more samples of the same form, which models learn from and probes do not see
   * @param remarks what a reader of the results has to know of the data
   */
  record Imported(Path train, Path test, Optional<Path> extra, List<String> remarks) {
    public Imported {
      remarks = List.copyOf(remarks);
    }

    /** Without extra samples. */
    public Imported(Path train, Path test, List<String> remarks) {
      this(train, test, Optional.empty(), remarks);
    }
  }
}
