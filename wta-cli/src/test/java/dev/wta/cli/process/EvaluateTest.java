package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WrittenTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta synthesise} and {@code wta evaluate}, from data of known features to the report. */
class EvaluateTest {
  private static final String SMALL = " --features 24 --inputs 16 --active 2 --seed 1";

  @TempDir static Path directory;

  @BeforeAll
  static void train() {
    wta("synthesise --out train.arrow --samples 2000 --quiet" + SMALL);
    wta("synthesise --out test.arrow --samples 600 --first 2000 --quiet" + SMALL);
    String settings = " --data train.arrow --set hidden=24 --set k=2 --set epochs=4 --quiet";
    wta("train --model topk --out run --seed 1" + settings);
    wta("train --model topk --out other --seed 2" + settings);
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).succeed(arguments.split(" "));
  }

  private static void refused(String arguments, String message) {
    assertThat(Wta.in(directory).fail((arguments + " --quiet").split(" "))).contains(message);
  }

  @Test
  void theSameNumbersArePrintedKeptAndReported() throws IOException {
    Wta.Result result =
        wta("evaluate run --data test.arrow --against other --truth dictionary.npy --json");
    assertThat(result.err()).contains("kept in run/evaluation.json");
    ObjectMapper mapper = new ObjectMapper();
    JsonNode printed = mapper.readTree(result.out());
    JsonNode kept = mapper.readTree(directory.resolve("run/evaluation.json").toFile());
    assertThat(kept.get("eval_result_metrics")).isEqualTo(printed.get("eval_result_metrics"));
    JsonNode metrics = printed.get("eval_result_metrics");
    assertThat(metrics.at("/reconstruction_quality/explained_variance").asDouble())
        .isBetween(0.1, 1.0);
    assertThat(metrics.at("/sparsity/l0").asDouble()).isEqualTo(2);
    assertThat(metrics.at("/truth/true_l0").asDouble()).isEqualTo(2);
    assertThat(metrics.at("/truth/mcc").asDouble()).isBetween(0.2, 1.0);
    assertThat(metrics.at("/truth/classification/f1_score").asDouble()).isBetween(0.05, 1.0);
    assertThat(metrics.at("/against/shared_initialisation").asBoolean()).isFalse();
    assertThat(metrics.at("/against/hungarian/pairs").asInt()).isEqualTo(24);
    assertThat(printed.get("eval_result_details")).hasSize(24);

    wta("report --run run --data test.arrow --out report --quiet");
    assertThat(Files.readString(directory.resolve("report/index.html")))
        .contains("id=\"evaluation\"", "Against the truth", "Against other", "MCC");
  }

  @Test
  void aTableIsPrintedWithoutJson() throws IOException {
    TinyData.importInto(directory, "labelled", 150, 1);
    wta(
        "train --model topk --data labelled.arrow --out pictures --set hidden=20 --set k=3"
            + " --quiet");
    Wta.Result result = wta("evaluate pictures --data labelled.arrow");
    assertThat(result.out())
        .contains("explained variance 0.", "L0 3.0", "probing", "AUROC of the best latent")
        .doesNotContain("NaN", "truth");
  }

  @Test
  void samplesAreLeftOutAndAreOfTheColumnThatIsNamed() throws IOException {
    TinyData.importInto(directory, "classes", 90, 2);
    wta("train --model topk --data classes.arrow --out few --set hidden=8 --set k=2 --quiet");
    assertThat(samples("few --data classes.arrow --label label")).isEqualTo(90);
    assertThat(samples("few --data classes.arrow --drop label=0,2")).isEqualTo(30);
    refused("evaluate few --data classes.arrow --label language", "no column 'language'");
    wta("report --run few --data classes.arrow --drop label=0,2 --out dropped --quiet");
    assertThat(Files.readString(directory.resolve("dropped/index.html")))
        .contains("Over 30 samples");

    try (OutputStream out = Files.newOutputStream(directory.resolve("two.safetensors"))) {
      SafetensorsWriter.write(out, Map.of("mlp", gaussian(40, 5), "residual", gaussian(60, 16)));
    }
    assertThat(samples("run --data two.safetensors --column residual")).isEqualTo(60);
    refused("evaluate run --data two.safetensors", "--column");
  }

  private static int samples(String arguments) throws IOException {
    return new ObjectMapper()
        .readTree(wta("evaluate " + arguments + " --json --quiet").out())
        .at("/data/samples")
        .asInt();
  }

  private static WrittenTensor gaussian(int rows, int columns) {
    Random random = new Random(rows);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return WrittenTensor.of(TensorType.F32, values, rows, columns);
  }

  @Test
  void synthsaebenchHasItsOwnFrequencies() {
    Path folder = directory.resolve("bench");
    assertThat(folder.toFile().mkdir()).isTrue();
    String recipe = " --recipe synthsaebench --features 256 --inputs 8 --seed 1";
    Wta.Result result = wta("synthesise --out bench/a.arrow --samples 50 --json" + recipe);
    assertThat(result.out()).contains("\"trueL0\"", "a.activations.arrow");
    assertThat(folder.resolve("dictionary.npy")).exists();
    refused("synthesise --out bench/b.arrow --samples 5 --active 3" + recipe, "--active");
  }

  @Test
  void wrongInputIsAnsweredInOneLine() throws IOException {
    Files.writeString(directory.resolve("text.npy"), "no array, whatever it says");
    refused("evaluate none --data test.arrow", "none holds no run");
    refused("evaluate run --data none.arrow", "none.arrow");
    refused("evaluate run --data test.arrow --against none", "none holds no run");
    refused("evaluate run --data test.arrow --truth text.npy", "text.npy");
    refused("evaluate run --data test.arrow --activations test.activations.arrow", "--truth");
    refused(
        "evaluate run --data test.arrow --truth dictionary.npy"
            + " --activations train.activations.arrow",
        "has 2,000 rows");
    refused("synthesise --out x.arrow --samples 0" + SMALL, "--samples is 0");
    refused("synthesise --out x.arrow --samples 5 --recipe none" + SMALL, "no recipe 'none'");
    refused(
        "synthesise --out x.arrow --samples 5 --features 24 --inputs 16 --seed 2",
        "other features");
    assertThat(directory.resolve("x.arrow")).doesNotExist();
    assertThat(directory.resolve("x.activations.arrow")).doesNotExist();
  }
}
