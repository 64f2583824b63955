package dev.wta.data.synthetic;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.IntLists;
import java.nio.file.Path;

/**
 * The true features of samples: a row a sample, with a column {@code indices} of lists of int32,
 * the numbers of the active features.
 */
public final class TrueActivations implements AutoCloseable {
  private final IntLists lists;
  private final int features;

  private TrueActivations(IntLists lists, int features) {
    this.lists = lists;
    this.features = features;
  }

  /**
   * Where the true activations of a data file are that {@link SyntheticFiles} wrote: beside it,
   * {@code data.activations.arrow} for {@code data.arrow}.
   */
  public static Path beside(Path data) {
    String name = data.getFileName().toString();
    String suffix = ".arrow";
    String stem = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    return data.resolveSibling(stem + ".activations" + suffix);
  }

  /**
   * Opens a file.
   *
   * @param features how many true features there are
   * @throws WtaException if it is missing, damaged or of another form
   */
  public static TrueActivations open(Path path, int features) {
    return new TrueActivations(IntLists.open(path, ActivationsWriter.INDICES), features);
  }

  /**
   * Checks that there is a row for each sample.
   *
   * @throws WtaException if there are not as many
   */
  public void requireRowsOf(Dataset data) {
    if (lists.rows() != data.size()) {
      throw new WtaException(
          "%s has %,d rows, and %s has %,d samples"
              .formatted(lists.name(), lists.rows(), data.name(), data.size()),
          "give the activations of these samples");
    }
  }

  /**
   * The active features of a sample.
   *
   * @throws WtaException if one is none of the truth's, or the file is damaged there
   */
  public int[] active(long sample) {
    int[] active = lists.row(sample);
    for (int feature : active) {
      if (feature < 0 || feature >= features) {
        throw new WtaException(
            "row %,d of %s has a feature %,d, and there are %,d"
                .formatted(sample, lists.name(), feature, features),
            "give the activations of the data's own features");
      }
    }
    return active;
  }

  @Override
  public void close() {
    lists.close();
  }
}
