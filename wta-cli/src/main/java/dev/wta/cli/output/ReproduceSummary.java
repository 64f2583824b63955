package dev.wta.cli.output;

import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.run.ReproducedRow;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.Reproduction;
import dev.wta.reproduce.run.RowFigures;
import dev.wta.reproduce.run.RowState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prints a reproduced table: text, or JSON. */
public final class ReproduceSummary {
  private ReproduceSummary() {}

  /** Prints tables, and how far each of their rows has come. */
  public static void list(List<Reproduction.Request> requests, boolean json) {
    if (json) {
      JsonOutput.print(
          Map.of("tables", requests.stream().map(ReproduceSummary::describe).toList()));
      return;
    }
    for (Reproduction.Request request : requests) {
      PaperTable table = request.table();
      Output.writer().printf("%-18s  %s, %s%n", table.name(), table.title(), table.unit());
      Output.writer().printf("%-18s  %s%n", "", table.paper());
      Output.writer()
          .printf("%-18s  data: %s (%s)%n", "", table.data().name(), table.data().wanted());
      for (RowState state : RowState.of(request)) {
        String cost = state.seconds() > 0 ? "%,.0f s".formatted(state.seconds()) : "";
        Output.writer()
            .printf(
                "    %-62s %9s  %14s  %-11s %9s%n",
                state.row().system(),
                RowFigures.reported(state.row()),
                state
                    .measured()
                    .map(figure -> RowFigures.text(figure, table.decimals()))
                    .orElse(""),
                state.stage().text(),
                cost);
      }
    }
  }

  private static Map<String, Object> describe(Reproduction.Request request) {
    PaperTable table = request.table();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", table.name());
    json.put("title", table.title());
    json.put("paper", table.paper());
    json.put("unit", table.unit());
    json.put("data", table.data().name());
    json.put("files", table.data().wanted());
    json.put("scale", request.scale().text());
    json.put("seed", request.seed().value());
    json.put("rows", RowState.of(request).stream().map(ReproduceSummary::describe).toList());
    return json;
  }

  private static Map<String, Object> describe(RowState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("system", state.row().system());
    json.put("reported", state.row().reported().map(Reported::value).orElse(null));
    json.put("state", state.stage().text());
    json.put("seconds", state.seconds());
    json.put("measured", state.measured().map(Measured::value).orElse(null));
    json.put("std", state.measured().map(Measured::std).orElse(null));
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
