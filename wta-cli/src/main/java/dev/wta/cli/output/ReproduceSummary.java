package dev.wta.cli.output;

import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.run.ReproducedRow;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.RowFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prints a reproduced table: text, or JSON. */
public final class ReproduceSummary {
  private ReproduceSummary() {}

  public static void list(List<PaperTable> tables, boolean json) {
    if (json) {
      JsonOutput.print(Map.of("tables", tables.stream().map(ReproduceSummary::describe).toList()));
      return;
    }
    for (PaperTable table : tables) {
      Output.writer().printf("%-18s  %s%n", table.name(), table.title());
      Output.writer().printf("%-18s  %s%n", "", table.paper());
      Output.writer()
          .printf("%-18s  data: %s (%s)%n", "", table.data().name(), table.data().wanted());
    }
  }

  private static Map<String, Object> describe(PaperTable table) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", table.name());
    json.put("title", table.title());
    json.put("paper", table.paper());
    json.put("unit", table.unit());
    json.put("data", table.data().name());
    json.put("files", table.data().wanted());
    return json;
  }

  public static void print(ReproducedTable result, double seconds) {
    PaperTable table = result.table();
    int widest = table.rows().stream().mapToInt(row -> row.system().length()).max().orElse(0);
    String format = "%-" + widest + "s  %10s  %15s  %10s  %s%n";
    Output.writer().printf("%s, %s%n", table.title(), table.unit());
    Output.writer()
        .printf("%s; scale %s, seed %d%n%n", table.paper(), result.scale().text(), result.seed());
    Output.writer().printf(format, "", "reported", "measured", "seconds", "");
    for (ReproducedRow row : result.rows()) {
      String took = row.measured() == null ? "" : "%,.0f".formatted(row.seconds());
      Output.writer()
          .printf(
              format,
              row.row().system(),
              RowFigures.reported(row.row()),
              RowFigures.measured(row, table.decimals()),
              took,
              row.row().note());
    }
    Output.writer().printf("%n%s%n", result.marks());
    result.remarks().forEach(remark -> Output.writer().println(remark));
    Output.writer()
        .printf(
            "%s%n%,.0f seconds this time, on %s%n", result.command(), seconds, result.machine());
    Output.writer().printf("as Markdown in %s%n", result.markdown());
  }

  public static Map<String, Object> toJson(ReproducedTable result, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("table", result.table().name());
    json.put("title", result.table().title());
    json.put("paper", result.table().paper());
    json.put("scale", result.scale().text());
    json.put("seed", result.seed());
    json.put("rows", result.rows().stream().map(row -> row(row, result.table().unit())).toList());
    json.put("marks", result.marks());
    json.put("remarks", result.remarks());
    json.put("command", result.command());
    json.put("machine", result.machine());
    json.put("seconds", seconds);
    json.put("markdown", result.markdown().toString());
    return json;
  }

  private static Map<String, Object> row(ReproducedRow done, String unit) {
    Row row = done.row();
    Optional<Measured> measured = Optional.ofNullable(done.measured());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("system", row.system());
    json.put("reported", row.reported().map(Reported::value).orElse(null));
    json.put("mark", row.reported().map(figure -> figure.mark().name()).orElse(null));
    json.put("measured", measured.map(Measured::value).orElse(null));
    json.put("std", measured.map(Measured::std).orElse(null));
    json.put("unit", unit);
    json.put("seconds", measured.map(figure -> done.seconds()).orElse(null));
    json.put("trainingSeconds", measured.map(figure -> done.trainingSeconds()).orElse(null));
    json.put("note", row.note());
    return json;
  }
}
