package dev.wta.data.arrow;

import dev.wta.data.array.Rows;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of a file is read, where the file alone does not say.
 *
 * @param columns names of the samples' column, the preferred ones first
 * @param column the samples' column or tensor, whatever its name; takes precedence
 * @param label the labels' column
 * @param rows what rows of two axes are
 * @param drop which samples are left out
 */
public record ReadOptions(
    List<String> columns,
    Optional<String> column,
    Optional<String> label,
    Rows rows,
    Optional<Drop> drop) {
  /** What {@link DatasetFile#open(java.nio.file.Path)} takes. */
  public static final ReadOptions DEFAULTS = new ReadOptions(SampleColumn.NAMES);

  /** The same for a transcoder's target. */
  public static final ReadOptions TARGET = new ReadOptions(SampleColumn.TARGET_NAMES);

  /**
   * Leaves out samples by another column, such as those of padding and special tokens.
   *
   * @param column of integers: one for each sample, or a list of them for each sequence
   * @param values those whose samples are left out
   */
  public record Drop(String column, Set<Long> values) {
    public Drop {
      values = Set.copyOf(values);
    }
  }

  public ReadOptions {
    columns = List.copyOf(columns);
  }

  private ReadOptions(List<String> columns) {
    this(columns, Optional.empty(), Optional.empty(), Rows.AUTO, Optional.empty());
  }

  /** These options for the column of that name. */
  public ReadOptions column(String name) {
    return new ReadOptions(columns, Optional.of(name), label, rows, drop);
  }

  /** These options with the labels of that column. */
  public ReadOptions label(String name) {
    return new ReadOptions(columns, column, Optional.of(name), rows, drop);
  }

  /** These options with that meaning of rows. */
  public ReadOptions rows(Rows meaning) {
    return new ReadOptions(columns, column, label, meaning, drop);
  }

  /** These options without some samples. */
  public ReadOptions drop(Drop samples) {
    return new ReadOptions(columns, column, label, rows, Optional.of(samples));
  }
}
