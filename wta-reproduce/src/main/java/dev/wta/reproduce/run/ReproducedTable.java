package dev.wta.reproduce.run;

import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Reported;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table with what was measured, and how.
 *
 * @param remarks what a reader of the figures has to know
 * @param machine what it ran on
 * @param heldOut the training samples that it was judged by; 0 for the test samples
 * @param finished whether every row had its turn; false if it was asked to stop
 * @param markdown the file that holds it as Markdown
 */
public record ReproducedTable(
    PaperTable table,
    ExperimentScale scale,
    long seed,
    List<ReproducedRow> rows,
    List<String> remarks,
    String machine,
    int heldOut,
    boolean finished,
    Path markdown) {
  public ReproducedTable {
    rows = List.copyOf(rows);
    remarks = List.copyOf(remarks);
  }

  /** What the marks beside the reported figures mean. */
  public String marks() {
    return rows.stream()
        .flatMap(row -> row.row().reported().stream())
        .map(Reported::mark)
        .distinct()
        .sorted()
        .map(mark -> mark + ": " + mark.meaning() + ".")
        .collect(Collectors.joining(" "));
  }

  /** The command that measures it. */
  public String command() {
    String judge = heldOut == 0 ? "" : " --held-out %d".formatted(heldOut);
    return "wta reproduce %s --scale %s --seed %d%s --data DIR"
        .formatted(table.name(), scale.text(), seed, judge);
  }
}
