package dev.wta.reproduce;

import dev.wta.api.WtaException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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

  /**
   * The rows whose system's name contains one of the given texts, in the table's order. Case does
   * not matter.
   *
   * @param names parts of systems' names; none selects every row
   * @throws WtaException if a text is in no name
   */
  public List<Row> rowsNamed(List<String> names) {
    for (String name : names) {
      if (rows.stream().noneMatch(row -> hasName(row, name))) {
        throw new WtaException(
            "no row of %s has '%s' in its name".formatted(this.name, name),
            rows.stream().map(Row::system).collect(Collectors.joining("; ", "its rows are: ", "")));
      }
    }
    return rows.stream()
        .filter(row -> names.isEmpty() || names.stream().anyMatch(name -> hasName(row, name)))
        .toList();
  }

  private static boolean hasName(Row row, String part) {
    return row.system().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
