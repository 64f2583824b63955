package dev.wta.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a report's page holds; {@link ReportPageTest} opens it in a browser. */
class RunReportTest {
  @TempDir private Path folder;

  private String page() throws IOException {
    return Files.readString(folder.resolve("report/index.html"));
  }

  @Test
  void showsARunWithEverythingThatItHas() throws IOException {
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("a <b> & 'c'")).probed()) {
      RunReport.Summary summary =
          RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
      assertThat(summary.page()).isEqualTo(folder.resolve("report/index.html"));
      assertThat(summary.bytes()).isEqualTo(Files.size(summary.page())).isLessThan(500_000);
    }
    assertThat(page())
        .contains("<h1>a &lt;b&gt; &amp; &#39;c&#39;</h1>")
        .contains("fc-wta · 70 units · lifetime(0.1) · 300 samples of 1x8x8 · 4 epochs")
        .contains("<dt>test error</dt><dd>12.5 % ± 5.23 %</dd>")
        .contains("Over 300 samples, competition off.")
        .contains("&lt;train&gt;.arrow (1,000)")
        .contains("Test error by number of labels", "Test error, %, by class")
        .contains("sha256:")
        .doesNotContain("<b>");
  }

  @Test
  void cutsOutWhereAFeatureMapAnswers() throws IOException {
    try (TinyRun run = TinyRun.convolutional(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page())
        .contains(">Top-activating samples<")
        .contains("alt=\"Filter of unit 5\"")
        .contains("cut out round the place where it does");
  }

  @Test
  void cutsPatchesForAModelThatWasTrainedOnThem() throws IOException {
    try (TinyRun run = TinyRun.ofPatches(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page()).contains("Over 10,200 samples", ">Reconstructions<"); // 34 of each picture
  }

  @Test
  void showsTheLayersOfAStack() throws IOException {
    try (TinyRun run = TinyRun.stacked(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page())
        .contains(">Filters<", ">Filters of layer 1<", ">Top-activating samples<")
        .contains(">Training curves of layer 1<", ">Training curves of layer 2<")
        .doesNotContain(">Filters of layer 2<", ">Reconstructions<");
  }

  @Test
  void saysWhatIsMissingWithoutData() throws IOException {
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model)
          .withoutData("They are <gone>.")
          .write(folder.resolve("report"));
    }
    assertThat(page())
        .contains(">Left out<", "They are &lt;gone&gt;.")
        .contains(">Filters<")
        .doesNotContain(">Reconstructions<", ">Top-activating samples<", ">Activation density<");
  }

  @Test
  void refusesSamplesOfAnotherShape() {
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("run"))) {
      RunReport report = RunReport.of(run.directory, run.model);
      MemoryDataset other = MemoryDataset.of("other", Shape.of(3), new float[6]);
      assertThatThrownBy(() -> report.data(other))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("other has samples of shape 3");
    }
  }

  @Test
  void leavesNothingHalfWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("report"), "a file is in the way");
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("run"))) {
      assertThatThrownBy(() -> RunReport.of(run.directory, run.model).write(file))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("cannot be written");
    }
    assertThat(file).hasContent("a file is in the way");
  }

  static Stream<Shape> shapes() {
    return Stream.of(
        Shape.of(1, 1, 300),
        Shape.of(1, 300, 1),
        Shape.of(3, 1, 300),
        Shape.of(1, 1, 1),
        Shape.of(1, 2, 65),
        Shape.of(5, 4, 4),
        Shape.of(2, 3),
        Shape.of(7),
        Shape.of(1));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void showsSamplesOfAnyShape(Shape shape) throws IOException {
    try (TinyRun run = TinyRun.of(folder.resolve("run"), shape)) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page()).contains(">Training curves<");
  }

  /** Each appended to what a run has logged, as by a training that went wrong or a full disk. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"step\":9,\"loss\":1e308}\n{\"step\":10,\"loss\":-1e308}",
        "{\"step\":9,\"loss\":1e400}",
        "{\"step\":9,\"loss\":NaN}",
        "{\"step\":9,\"loss\":\"NaN\"}",
        "{\"step\":9,\"loss\":Infinity}",
        "{\"step\":9,\"loss\":5e-324}",
        "{\"step\":-1e308,\"loss\":-1}\n{\"step\":1e308,\"loss\":0}",
        "{\"step\":123456789012345678901234567890,\"loss\":0}",
        "{\"step\":\"nine\",\"loss\":0}",
        "{\"loss\":0}\n[]\nnull\n\n{}",
        "{\"step\":9}",
        "{\"step\":9,\"loss\":{\"a\":[1]}}",
        "{\"step\":9,\"lo"
      })
  void survivesWhateverIsLogged(String lines) throws IOException {
    try (TinyRun run = TinyRun.of(folder.resolve("run"), Shape.of(4))) {
      Path metrics = folder.resolve("run/metrics.jsonl");
      for (String before : List.of(Files.readString(metrics), "")) {
        Files.writeString(metrics, before + lines);
        RunReport.of(run.directory, run.model).withoutData("").write(folder.resolve("report"));
        assertThat(page()).contains(">Training curves<");
        assertThat(page())
            .doesNotContainPattern(" (d|x|y|x1|y1|height|cx|cy)=\"[^\"]*(NaN|Infinity|\u221e)");
      }
    }
  }

  /** A listener's own, whatever it is called. */
  @Test
  void metricsOfOnesOwnHaveCurves() throws IOException {
    try (TinyRun run = TinyRun.of(folder.resolve("run"), Shape.of(4))) {
      Files.writeString(
          folder.resolve("run/metrics.jsonl"),
          """
          {"step":9,"loss":1,"meanAngle":0.25}
          {"step":10,"loss":1,"meanAngle":0.5}
          """);
      RunReport.of(run.directory, run.model).withoutData("").write(folder.resolve("report"));
      assertThat(page()).contains("meanAngle");
    }
  }
}
