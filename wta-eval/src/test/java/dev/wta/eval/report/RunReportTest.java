package dev.wta.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import dev.wta.data.MemoryDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        .contains("What excites them")
        .contains("alt=\"Filter of unit 5\"")
        .contains("cut out round the place where it does");
  }

  @Test
  void cutsPatchesForAModelThatWasTrainedOnThem() throws IOException {
    try (TinyRun run = TinyRun.ofPatches(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page()).contains("Over 10,200 samples", "What comes back"); // 34 of each picture
  }

  @Test
  void showsTheLayersOfAStack() throws IOException {
    try (TinyRun run = TinyRun.stacked(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model).data(run.data).write(folder.resolve("report"));
    }
    assertThat(page())
        .contains("What the units draw", "What layer 1 draws", "What excites them")
        .contains("How layer 1 learnt", "How layer 2 learnt")
        .doesNotContain("What layer 2 draws", "What comes back");
  }

  @Test
  void saysWhatIsMissingWithoutData() throws IOException {
    try (TinyRun run = TinyRun.fullyConnected(folder.resolve("run"))) {
      RunReport.of(run.directory, run.model)
          .withoutData("They are <gone>.")
          .write(folder.resolve("report"));
    }
    assertThat(page())
        .contains("What is not here", "They are &lt;gone&gt;.")
        .contains("What the units draw")
        .doesNotContain("What comes back", "What excites them", "How they answer");
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
}
