package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, command by command: import, train, probe, encode, filters. */
class WorkflowTest {
  private static final String[] TRAIN = {
    "train",
    "--model",
    "fc-wta",
    "--data",
    "train.arrow",
    "--out",
    "runs/first",
    "--config",
    "fc.yaml",
    "--set",
    "epochs=5",
    "--seed",
    "7"
  };

  @TempDir static Path directory;
  private static Wta.Result training;

  @BeforeAll
  static void trainOnTinyPictures() throws IOException {
    TinyData.importInto(directory, "train", 300, 1);
    TinyData.importInto(directory, "test", 60, 2);
    Files.writeString(
        directory.resolve("fc.yaml"), "hidden: 32\nlifetime: 0.1\nepochs: 9\nseed: 3\n");
    training = Wta.in(directory).succeed(TRAIN);
  }

  @Test
  void trainingSaysWhatItDoesAndWhatIsNext() {
    assertThat(training.err())
        .contains("backend ")
        .contains("training fc-wta on train.arrow: 300 samples of 1x6x6")
        .contains("hidden [32]", "lifetime(0.1)", "5 epochs, 15 steps", "seed 7");
    assertThat(training.out())
        .contains("finished after 5 epochs, 15 steps")
        .contains("wta probe --run runs/first --train train.arrow --test ")
        .contains("wta filters --run runs/first --out ");
  }

  @Test
  void unlabelledSamplesAreNotToBeProbed() {
    Wta wta = Wta.in(directory);
    wta.succeed("import", "idx", "--images", "test-images.idx", "--out", "bare.arrow");
    String train = "train --model topk --data bare.arrow --column image --out runs/bare --quiet";
    String next =
        wta.succeed((train + " --set hidden=9 --set k=2 --set epochs=1").split(" ")).out();
    assertThat(next).startsWith("finished after 1 epoch, 1 step, in").doesNotContain("wta probe");
    List<String> commands = next.lines().filter(line -> line.startsWith("  wta ")).toList();
    assertThat(commands)
        .contains(
            "  wta encode --run runs/bare --data bare.arrow --column image --out features.arrow");
    for (String command : commands) {
      wta.succeed(
          command.strip().replaceFirst("wta ", "").replace("TEST.arrow", "bare.arrow").split(" "));
    }
  }

  @Test
  void laterLayersOfTheConfigurationWin() throws IOException {
    JsonNode config = json(Files.readString(directory.resolve("runs/first/config.json")));
    assertThat(config.at("/model/hidden/0").asInt()).isEqualTo(32); // the file over the default
    assertThat(config.at("/training/epochs").asInt()).isEqualTo(5); // --set over the file
    assertThat(config.at("/training/seed").asInt()).isEqualTo(7); // --seed over the file
  }

  @Test
  void probePrintsATable() {
    Wta.Result probe =
        Wta.in(directory)
            .succeed(
                "probe", "--run", "runs/first", "--train", "train.arrow", "--test", "test.arrow");
    assertThat(probe.out())
        .containsPattern("test error +\\d+\\.\\d\\d % ± \\d+\\.\\d\\d %  \\(\\d+ of 60\\)")
        .containsPattern("features +32; scaling mean-norm")
        .containsPattern("activity +L0 \\d+\\.\\d \\(\\d+\\.\\d % of a sample's features\\)")
        .containsPattern(
            "decoded code +L0 \\d+\\.\\d, explained variance -?\\d\\.\\d{3}"
                + " \\(mean over samples, as SAELens' legacy: -?\\d+\\.\\d{3}\\)")
        .contains("(chosen on held-out training samples)");
  }

  @Test
  void probePrintsNothingButOneJsonDocument() throws IOException {
    Wta.Result probe =
        Wta.in(directory)
            .succeed(
                "probe",
                "--run",
                "runs/first",
                "--train",
                "train.arrow",
                "--test",
                "test.arrow",
                "--c",
                "1",
                "--classifier",
                "softmax",
                "--scaling",
                "none",
                "--json");
    JsonNode json = json(probe.out());
    assertThat(json.get("testError").asDouble()).isBetween(0.0, 1.0);
    assertThat(json.get("trainError").asDouble()).isBetween(0.0, 1.0);
    assertThat(json.get("c").asDouble()).isEqualTo(1);
    assertThat(json.get("features").asInt()).isEqualTo(32);
    assertThat(json.get("scaling").asText()).isEqualTo("none");
    JsonNode sparsity = json.get("sparsity");
    assertThat(sparsity.get("decodedL0").asDouble()).isBetween(0.1, sparsity.get("l0").asDouble());
    for (String name : List.of("explainedVariance", "explainedVarianceLegacy")) {
      assertThat(sparsity.get(name).asDouble()).isLessThan(1);
    }
    assertThat(sparsity.get("inputMeanSquaredError").asDouble())
        .isCloseTo(255 * 255 * sparsity.get("meanSquaredError").asDouble(), withinPercentage(0.1));
  }

  @Test
  void probeJudgesRawSamplesToo() throws IOException {
    Wta.Result probe =
        Wta.in(directory)
            .succeed(
                "probe",
                "--raw",
                "--train",
                "train.arrow",
                "--test",
                "test.arrow",
                "--json",
                "--quiet");
    assertThat(json(probe.out()).get("features").asInt()).isEqualTo(36);
    assertThat(probe.err()).isEmpty();
  }

  @Test
  void featuresCanBeTrainedOnInTurn() throws IOException {
    Wta.Result encode =
        Wta.in(directory)
            .succeed(
                "encode",
                "--run",
                "runs/first",
                "--data",
                "train.arrow",
                "--out",
                "features.arrow",
                "--json");
    assertThat(json(encode.out()).get("samples").asInt()).isEqualTo(300);
    assertThat(json(encode.out()).get("features").asInt()).isEqualTo(32);
    Wta.Result second =
        Wta.in(directory)
            .succeed(
                "train",
                "--model",
                "autoencoder",
                "--data",
                "features.arrow",
                "--out",
                "runs/second",
                "--set",
                "hidden=8",
                "--set",
                "epochs=1",
                "--json");
    assertThat(json(second.out()).get("status").asText()).isEqualTo("finished");
  }

  @Test
  void filtersAreAPicture() throws IOException {
    Wta.Result filters =
        Wta.in(directory).succeed("filters", "runs/first", "--out", "f.png", "--units", "16");
    assertThat(filters.out()).isEqualTo("f.png: 16 of 32 units\n");
    BufferedImage picture = ImageIO.read(directory.resolve("f.png").toFile());
    assertThat(picture.getWidth()).isGreaterThan(4 * TinyData.SIDE);
  }

  @Test
  void keysAreListedWithTypeDefaultAndHelp() {
    assertThat(Wta.in(directory).succeed("train", "--model", "fc-wta", "--keys").out())
        .contains("  hidden ", "default [2000]", "  lifetime ", "  epochs ", "default 40");
  }

  @Test
  void keysWithoutAModelListTheKindsOfModel() {
    assertThat(Wta.in(directory).succeed("train", "--keys").out())
        .contains("  fc-wta ", "  conv-wta ", "  topk ", "  batch-topk ", "  matryoshka ")
        .contains("  jumprelu ", "  gated ", "each sample keeps its k largest activations");
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper()
        .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .readTree(text);
  }
}
