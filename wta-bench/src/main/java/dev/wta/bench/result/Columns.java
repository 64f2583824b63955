package dev.wta.bench.result;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as they need: the first to the left, figures to the right. */
public final class Columns {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int leftAligned;

  /**
   * @param leftAligned how many columns hold words, from the left
   */
  public Columns(int leftAligned) {
    this.leftAligned = leftAligned;
  }

  public void add(List<String> row) {
    rows.add(List.copyOf(row));
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String padding = " ".repeat(width(column) - row.get(column).length());
        line.append(column == 0 ? "" : GAP);
        line.append(column < leftAligned ? row.get(column) + padding : padding + row.get(column));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
