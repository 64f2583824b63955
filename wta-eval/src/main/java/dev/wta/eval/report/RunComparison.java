package dev.wta.eval.report;

import dev.wta.api.WtaVersion;
import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.LineChart;
import dev.wta.eval.chart.Series;
import dev.wta.eval.report.html.ChartFigures;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Page;
import dev.wta.eval.report.html.Section;
import dev.wta.models.io.Json;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A comparison of runs: the settings that differ, the newest figures, and the curves on a page.
 *
 * <pre>{@code
 * RunComparison.of(List.of(first, second)).write(Path.of("compared.html"));
 * }</pre>
 */
public final class RunComparison {
  /** A fraction of no more characters, such as {@code 6.25E-10}, is not rounded. */
  private static final int SHORT = 8;

  private final List<RunDirectory> runs;
  private final Map<String, List<Object>> settings;
  private final Map<String, List<Number>> figures;

  private RunComparison(List<RunDirectory> runs) {
    this.runs = List.copyOf(runs);
    settings = byName(runs, run -> run.config().flat());
    settings.values().removeIf(RunComparison::same);
    figures = byName(runs, RunFigures::of);
  }

  /** Compares runs as they stand now. */
  public static RunComparison of(List<RunDirectory> runs) {
    return new RunComparison(runs);
  }

  /**
   * What of {@code config.json} is not the same in all runs.
   *
   * @return by key, such as {@code model.hidden}: a value for each run, null where it has none
   */
  public Map<String, List<Object>> settings() {
    return settings;
  }

  /**
   * The newest figures, see {@link RunFigures}.
   *
   * @return by name: a figure for each run, null where it has none
   */
  public Map<String, List<Number>> figures() {
    return figures;
  }

  private static <T> Map<String, List<T>> byName(
      List<RunDirectory> runs, Function<RunDirectory, Map<String, T>> read) {
    List<Map<String, T>> each = runs.stream().map(read).toList();
    Set<String> names = new LinkedHashSet<>();
    each.forEach(one -> names.addAll(one.keySet()));
    Map<String, List<T>> together = new LinkedHashMap<>();
    for (String name : names) {
      List<T> values = new ArrayList<>(); // with nulls, which List.of refuses
      each.forEach(one -> values.add(one.get(name)));
      together.put(name, values);
    }
    return together;
  }

  /** Whether all values are the same JSON, or read the same: a list of one is its element. */
  private static boolean same(List<Object> values) {
    Object first = values.getFirst();
    return values.stream()
        .allMatch(
            value ->
                Json.same(first, value)
                    || ProvenanceSection.words(first).equals(ProvenanceSection.words(value)));
  }

  /**
   * Writes the page.
   *
   * @return its bytes
   * @throws dev.wta.api.WtaException if it cannot be written
   */
  public long write(Path file) {
    return PageFile.write(file, html());
  }

  private String html() {
    Element header =
        Element.of(
            "header",
            Element.of("h1", "%d runs compared".formatted(runs.size())),
            Element.of("p", "Lines of the curves are numbered as the columns of the tables.")
                .with("class", "summary"));
    List<Element> sections = new ArrayList<>();
    sections.add(
        Section.of("settings", "Settings that differ", table("Settings", texts(settings))));
    sections.add(
        Section.of(
            "figures", "Newest figures", table("Figures", texts(RunFigures.titled(figures)))));
    sections.add(Section.of("curves", "Training curves", curves()));
    return Page.of(
        "Runs compared · wta",
        header,
        sections,
        "Written by wta %s.".formatted(WtaVersion.current()));
  }

  private static <T> Map<String, List<String>> texts(Map<String, List<T>> rows) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    rows.forEach(
        (name, values) -> texts.put(name, values.stream().map(value -> text(value)).toList()));
    return texts;
  }

  /**
   * A value as people read it: whole where it is short, otherwise four digits of a fraction; empty
   * where there is none.
   */
  public static String text(Object value) {
    return value instanceof Double number
            && (number == Math.rint(number) || number.toString().length() > SHORT)
        ? NumberFormats.number(number)
        : ProvenanceSection.words(value);
  }

  private Element table(String caption, Map<String, List<String>> rows) {
    Element head = Element.of("tr", Element.of("th", "").with("scope", "col"));
    for (int i = 0; i < runs.size(); i++) {
      head.add(
          Element.of("th", "%d: %s".formatted(i + 1, runs.get(i).path())).with("scope", "col"));
    }
    Element body = Element.of("tbody");
    rows.forEach(
        (name, values) -> {
          Element row = Element.of("tr", Element.of("th", name).with("scope", "row"));
          values.forEach(value -> row.add(Element.of("td", value)));
          body.add(row);
        });
    return Element.of(
            "div",
            Element.of("table", Element.of("caption", caption), Element.of("thead", head), body))
        .with("class", "scroll")
        .with("tabindex", 0)
        .with("role", "group")
        .with("aria-label", caption);
  }

  private Element curves() {
    List<MetricsHistory> histories =
        runs.stream().map(run -> new MetricsHistory(RunFigures.logged(run))).toList();
    Set<String> names = new LinkedHashSet<>();
    histories.forEach(history -> names.addAll(history.names()));
    names.removeAll(TrainingSection.LEFT_OUT);
    Element charts = Element.of("div").with("class", "charts");
    for (String name : names) {
      List<Series> lines = new ArrayList<>();
      for (int i = 0; i < histories.size(); i++) {
        if (histories.get(i).names().contains(name)) {
          MetricsHistory.Column column = histories.get(i).column(name);
          lines.add(Series.of(Integer.toString(i + 1), column.steps(), column.values()));
        }
      }
      String title = TrainingSection.title(name);
      charts.add(
          ChartFigures.figure(
              new LineChart(title, Axis.linear("step"), Axis.linear(name), lines), title));
    }
    return names.isEmpty() ? Section.note("Nothing has been logged yet.") : charts;
  }
}
