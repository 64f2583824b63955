package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, whole: it needs nothing, says what came out, and can be run again. */
class DemoTest {
  @TempDir Path directory;

  private static void holdsOneEventFile(Path run) {
    assertThat(run.toFile().list((folder, name) -> name.startsWith("events.out.tfevents")))
        .hasSize(1);
  }

  @Test
  void showsThatFeaturesBeatRawPixels() throws IOException {
    Wta.Result demo = Wta.in(directory).optimised().succeed("demo");
    assertThat(demo.err()).contains("training fc-wta on the built-in digits: 1,297 samples");
    assertThat(demo.out())
        .containsPattern("linear SVM on raw pixels +test error +\\d+\\.\\d\\d %")
        .containsPattern("linear SVM on fc-wta features +test error +\\d+\\.\\d\\d %")
        .containsPattern("linear SVM on conv-wta features +test error +\\d+\\.\\d\\d %")
        .contains("Alpaydin", "CC BY 4.0", "wta train --model fc-wta --data train.arrow");
    Path run = directory.resolve("runs/demo");
    assertThat(ImageIO.read(run.resolve("filters.png").toFile())).isNotNull();
    assertThat(ImageIO.read(run.resolve("conv-wta/filters.png").toFile())).isNotNull();
    assertThat(ImageIO.read(run.resolve("reconstructions.png").toFile())).isNotNull();
    assertThat(demo.out()).contains("runs/demo/report/index.html");
    assertThat(run.resolve("report/index.html"))
        .content()
        .contains(">Probes<", "raw samples", "Over 500 samples");

    Files.writeString(run.resolve("notes.txt"), "mine");
    Wta.Result again = Wta.in(directory).succeed("demo", "--json", "--quiet");
    JsonNode json = new ObjectMapper().readTree(again.out());
    assertThat(json.at("/learnt/testError").asDouble())
        .isLessThan(json.at("/raw/testError").asDouble());
    assertThat(json.at("/convolutional/learnt/testError").asDouble())
        .isLessThan(json.at("/raw/testError").asDouble());
    assertThat(run.resolve("notes.txt")).hasContent("mine");
    assertThat(json.get("report").asText()).isEqualTo("runs/demo/report/index.html");
    assertThat(run).satisfies(DemoTest::holdsOneEventFile);
    assertThat(run.resolve("conv-wta")).satisfies(DemoTest::holdsOneEventFile);

    Wta.in(directory)
        .succeed(
            "encode", "--run", "runs/demo", "--data", "runs/demo/test.arrow", "--out", "x.arrow");
  }
}
