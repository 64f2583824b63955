package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a command, and what probes leave for it. */
class ReportTest {
  private static final String[] PROBE = {
    "probe", "--run", "runs/first", "--train", "train.arrow", "--test", "test.arrow"
  };

  @TempDir static Path directory;

  @BeforeAll
  static void trainOnTinyPictures() {
    TinyData.importInto(directory, "train", 300, 1);
    TinyData.importInto(directory, "test", 60, 2);
    Wta.in(directory)
        .succeed(
            "train",
            "--model",
            "fc-wta",
            "--data",
            "train.arrow",
            "--out",
            "runs/first",
            "--set",
            "hidden=32",
            "--set",
            "epochs=3");
  }

  private static String page(String out) throws IOException {
    return Files.readString(directory.resolve(out).resolve("index.html"));
  }

  private static List<Path> probes() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("runs/first/probes"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void looksAtTheTrainingDataByDefault() throws IOException {
    Wta.Result report = Wta.in(directory).succeed("report", "--run", "runs/first", "--out", "r1");
    assertThat(report.out()).matches("r1/index.html: one page of \\d+ KB\n");
    assertThat(page("r1"))
        .contains("Over 300 samples", ">Reconstructions<", ">Top-activating samples<");
    Wta.Result json =
        Wta.in(directory)
            .succeed(
                "report",
                "--run",
                "runs/first",
                "--out",
                "r1",
                "--data",
                "test.arrow",
                "--json",
                "--quiet");
    JsonNode document = new ObjectMapper().readTree(json.out());
    assertThat(document.get("page").asText()).isEqualTo("r1/index.html");
    assertThat(document.get("bytes").asLong())
        .isEqualTo(Files.size(directory.resolve("r1/index.html")));
    assertThat(json.err()).isEmpty();
    assertThat(page("r1")).contains("Over 60 samples");
  }

  @Test
  void saysWhyItShowsNoSamples() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Wta.Result report =
        Wta.in(elsewhere).succeed("report", "--run", "../runs/first", "--out", "r2");
    assertThat(report.err()).contains("'train.arrow', is not available here", "--data");
    assertThat(page("elsewhere/r2"))
        .contains("&#39;train.arrow&#39;, is not available here", ">Filters<")
        .doesNotContain(">Reconstructions<");

    Files.copy(directory.resolve("test.arrow"), elsewhere.resolve("train.arrow"));
    assertThat(Wta.in(elsewhere).succeed("report", "--run", "../runs/first", "--out", "r2").err())
        .contains("'train.arrow' has changed since the run was trained on it");
  }

  @Test
  void probesAreKeptOnceForEachQuestion() throws IOException {
    Wta.Result first = Wta.in(directory).succeed(PROBE);
    List<Path> one = probes();
    assertThat(first.err()).contains("kept in runs/first/probes/svm-");
    Wta.in(directory).succeed(PROBE);
    assertThat(probes()).isEqualTo(one);
    JsonNode kept = new ObjectMapper().readTree(one.getFirst().toFile());
    assertThat(kept.at("/train/name").asText()).isEqualTo("train.arrow");
    assertThat(kept.at("/test/digest").asText()).startsWith("sha256:");
    assertThat(kept.at("/step").asInt()).isEqualTo(9);
    assertThat(kept.at("/testError").asDouble()).isBetween(0.0, 1.0);

    Wta.Result report =
        Wta.in(directory)
            .succeed(
                "report",
                "--run",
                "runs/first",
                "--out",
                "r3",
                "--train",
                "train.arrow",
                "--test",
                "test.arrow");
    assertThat(report.err()).contains("fitting a linear SVM");
    assertThat(probes()).isEqualTo(one);
    assertThat(page("r3")).contains(">Probes<", "train.arrow (300)", "test error");
  }

  @Test
  void wrongInputIsOneLine() {
    Wta wta = Wta.in(directory);
    assertThat(wta.fail("report", "--run", "nowhere", "--out", "r")).contains("holds no run");
    assertThat(wta.fail("report", "--run", "runs/first", "--out", "train.arrow"))
        .contains("the report cannot be written to train.arrow");
    assertThat(wta.fail("report", "--run", "runs/first", "--out", "r", "--train", "train.arrow"))
        .contains("--test");
    assertThat(wta.fail("report", "--run", "runs/first", "--out", "r", "--data", "none.arrow"))
        .contains("none.arrow");
    assertThat(directory.resolve("r")).doesNotExist();
  }
}
