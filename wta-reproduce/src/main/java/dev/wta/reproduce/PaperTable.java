package dev.wta.reproduce;

import java.util.List;

/**
 * A paper's table.
 *
 * @param name as users write it: {@code mnist-conv}
 * @param title what it compares
 * @param paper where it stands
 * @param unit of its figures: {@code error %}
 * @param data what it is measured on
 * @param samples how many training samples there are at each scale, at most
 * @param testSamples how many test samples there are at each scale, at most
 * @param decimals how many digits behind the point a measured figure is printed with
 */
public record PaperTable(
    String name,
    String title,
    String paper,
    String unit,
    PaperDataset data,
    PerScale<Integer> samples,
    PerScale<Integer> testSamples,
    List<Row> rows,
    int decimals) {
  /** More than any data set has. */
  public static final int ALL = Integer.MAX_VALUE;

  public PaperTable {
    rows = List.copyOf(rows);
    if (rows.stream().map(Row::system).distinct().count() < rows.size()) {
      throw new IllegalArgumentException("two rows of " + name + " have one name");
    }
  }

  /** A table whose figures are printed to a hundredth. */
  public PaperTable(
      String name,
      String title,
      String paper,
      String unit,
      PaperDataset data,
      PerScale<Integer> samples,
      PerScale<Integer> testSamples,
      List<Row> rows) {
    this(name, title, paper, unit, data, samples, testSamples, rows, 2);
  }
}
