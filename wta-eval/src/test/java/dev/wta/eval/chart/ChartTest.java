package dev.wta.eval.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ChartTest {
  private static final LineChart ERRORS =
      new LineChart(
          "Error <by> \"labels\"",
          Axis.log("labels").at(300, 1000, 60000),
          Axis.linear("error, %").fromZero(),
          List.of(
              Series.of(
                  "ours",
                  new double[] {300, 1000, 60000},
                  new double[] {4, 2, 1},
                  new double[] {0.5, 0.2, 0}),
              Series.of("theirs & all", new double[] {300, 60000}, new double[] {5, 1.5})));

  private static Document parse(Chart chart) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(chart.svg())));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<String> texts(Document document, String name) {
    return elements(document, name).stream().map(Element::getTextContent).toList();
  }

  @Test
  void saysInWordsWhatItShows() throws Exception {
    Document svg = parse(ERRORS);

    assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
    assertThat(svg.getDocumentElement().getAttribute("aria-label"))
        .startsWith("Error <by> \"labels\". ")
        .contains("ours: 4 at 300 to 1 at 60,000")
        .contains("theirs & all: 5 at 300");
    assertThat(texts(svg, "title")).contains("ours: 4 at 300, ± 0.5", "ours: 1 at 60,000");
    assertThat(texts(svg, "text")).contains("300", "1,000", "60,000", "labels", "error, %");
  }

  @Test
  void scattersPointsThatNoLineJoins() throws Exception {
    Document svg =
        parse(
            new ScatterChart(
                "Norms",
                Axis.linear("angle"),
                Axis.linear("norm"),
                List.of(
                    Series.of("parts", new double[] {0, 0.5, 1}, new double[] {1, 3, 2}),
                    Series.of("none & such", new double[] {}, new double[] {}))));

    assertThat(svg.getDocumentElement().getAttribute("aria-label"))
        .isEqualTo("Norms. norm against angle. parts: 3 points; none & such: 0 points");
    List<Element> marks = elements(svg, "circle").subList(0, 3);
    double[] across =
        marks.stream().mapToDouble(mark -> Double.parseDouble(mark.getAttribute("cx"))).toArray();
    assertThat(across[1] - across[0]).isCloseTo(across[2] - across[1], within(0.2));
    assertThat(texts(svg, "title")).contains("parts: 3 at 0.5");
    assertThat(texts(svg, "text")).contains("parts", "none & such", "angle", "norm");
    assertThat(svg.getElementsByTagName("path").getLength()).as("the legend's square").isOne();
  }

  @Test
  void placesPointsByTheirLogarithms() throws Exception {
    List<Element> marks = elements(parse(ERRORS), "circle").subList(0, 3);

    double[] across =
        marks.stream().mapToDouble(mark -> Double.parseDouble(mark.getAttribute("cx"))).toArray();
    assertThat((across[1] - across[0]) / (across[2] - across[0]))
        .isCloseTo(Math.log(1000 / 300.0) / Math.log(60000 / 300.0), within(1e-3));
  }

  @Test
  void reachesDownToZeroAndUpToTheErrorBars() {
    AxisScale scale = AxisScale.of(Axis.linear("y").fromZero(), 3.5, 4.5);

    assertThat(scale.from()).isZero();
    assertThat(scale.to()).isEqualTo(5);
    assertThat(scale.ticks()).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
  }

  @Test
  void interruptsALineWhereThereIsNoNumber() throws Exception {
    double[] steps = {1, 2, 3, 4, 5};
    double[] losses = {5, 4, Double.NaN, 3, 2};
    Document svg =
        parse(
            new LineChart(
                "t", Axis.linear("x"), Axis.log("y"), List.of(Series.of("a", steps, losses))));

    String path = elements(svg, "path").getFirst().getAttribute("d");
    assertThat(path.chars().filter(c -> c == 'M')).hasSize(2);
    assertThat(path).doesNotContain("NaN");
    assertThat(elements(svg, "circle")).hasSize(4);
  }

  @Test
  void keepsThePeaksOfLongCurvesAndNotTheRest() {
    double[] x = new double[100_000];
    double[] y = new double[x.length];
    Arrays.setAll(x, i -> i);
    y[12_345] = 9;
    y[77_777] = -9;

    List<Series.Point> thinned = Thinning.of(Series.of("curve", x, y).points());

    assertThat(thinned).hasSizeLessThan(3000);
    assertThat(thinned).contains(new Series.Point(12_345, 9, 0), new Series.Point(77_777, -9, 0));
    assertThat(thinned).isSortedAccordingTo((a, b) -> Double.compare(a.x(), b.x()));
  }

  @Test
  void drawsBarsInProportion() throws Exception {
    Chart bars =
        new BarChart(
            "t", "class", "error", List.of(new BarChart.Bar("0", 1), new BarChart.Bar("1", 4)));

    List<Double> heights =
        elements(parse(bars), "rect").stream()
            .map(bar -> Double.valueOf(bar.getAttribute("height")))
            .toList();
    assertThat(heights.get(1) / heights.get(0)).isCloseTo(4, within(1e-2));
  }

  @Test
  void drawsHistogramsOnLogarithmicAxesToo() throws Exception {
    Chart counts =
        Histogram.of(
            "t",
            Axis.linear("activity"),
            Axis.log("units"),
            new double[] {0, 1, 2, 3},
            new long[] {1, 0, 1000});

    Document svg = parse(counts);
    assertThat(elements(svg, "rect")).hasSize(2);
    assertThat(texts(svg, "title")).contains("0 to 1: 1", "2 to 3: 1,000");
    assertThat(elements(svg, "rect"))
        .allSatisfy(bar -> assertThat(Double.parseDouble(bar.getAttribute("height"))).isPositive());
  }

  @Test
  void drawsNothingWithoutFailing() throws Exception {
    List<Chart> empty = new ArrayList<>();
    empty.add(new LineChart("t", Axis.log("x"), Axis.linear("y"), List.of()));
    empty.add(
        new LineChart("t", Axis.log("x"), Axis.log("y"), List.of(new Series("a", List.of()))));
    empty.add(new BarChart("t", "x", "y", List.of()));
    empty.add(
        new LineChart(
            "t",
            Axis.linear("x"),
            Axis.linear("y"),
            List.of(Series.of("a", new double[] {7}, new double[] {7}))));
    for (Chart chart : empty) {
      assertThat(chart.svg()).doesNotContain("NaN").doesNotContain("Infinity");
      parse(chart);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "60000,'60,000'",
    "0.25,0.25",
    "0,0",
    "1e-6,1e-6",
    "-2.5,-2.5",
    "1234567,'1,234,567'",
    "2.5e8,2.5e8",
    "0.1,0.1",
    "1.92,1.92",
    "100,100"
  })
  void writesNumbersAsPeopleReadThem(double value, String text) {
    assertThat(AxisScale.text(value)).isEqualTo(text);
  }

  @Test
  void writesAFileOfItsOwn(@TempDir Path folder) throws Exception {
    Path chart = Files.writeString(folder.resolve("chart.svg"), "an older one");
    ERRORS.write(chart);
    assertThat(Files.readString(chart)).isEqualTo(ERRORS.svg());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(chart);
    }
  }
}
