package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/** {@code wta reproduce} on small files of MNIST's and SVHN's names and form. */
class ReproduceTest {
  private static final List<String> MNIST =
      List.of(
          "train-images-idx3-ubyte.gz",
          "train-labels-idx1-ubyte.gz",
          "t10k-images-idx3-ubyte.gz",
          "t10k-labels-idx1-ubyte");

  @TempDir static Path directory;

  @BeforeAll
  static void writeFiles() {
    MNIST.forEach(name -> TinyData.writeMnistLike(directory.resolve("data/mnist").resolve(name)));
  }

  private static JsonNode reproduce(String table) throws IOException {
    String line = "reproduce " + table + " --scale smoke --out out --json --quiet";
    return new ObjectMapper().readTree(Wta.in(directory).succeed(line.split(" ")).out());
  }

  @Test
  void measuresRowsOnceAndKeepsThem() throws IOException {
    JsonNode first = reproduce("mnist-few-labels --seed 3");

    assertThat(first.get("table").asText()).isEqualTo("mnist-few-labels");
    assertThat(first.get("scale").asText()).isEqualTo("smoke");
    JsonNode row = first.at("/rows/0");
    assertThat(row.get("system").asText()).isEqualTo("CONV-WTA, 300 labels");
    assertThat(row.get("reported").asDouble()).isEqualTo(3.47);
    assertThat(row.get("mark").asText()).isEqualTo("M");
    assertThat(row.get("unit").asText()).isEqualTo("error %");
    assertThat(row.get("measured").asDouble()).isBetween(0.0, 60.0); // three classes
    assertThat(row.get("seconds").asDouble()).isGreaterThan(row.get("trainingSeconds").asDouble());
    assertThat(row.get("trainingSeconds").asDouble()).isPositive();
    assertThat(first.at("/rows/6/measured").isNull()).isTrue(); // there are no 60,000 samples

    JsonNode again = reproduce("mnist-few-labels --seed 3");
    assertThat(again.get("rows")).isEqualTo(first.get("rows")); // seconds, too: nothing was done
    String page = Files.readString(Path.of(directory.toString(), first.get("markdown").asText()));
    assertThat(page)
        .contains("wta reproduce mnist-few-labels --scale smoke --seed 3")
        .contains("| CONV-WTA, 300 labels | 3.47 M | **")
        .contains("M: as commonly quoted, not checked against the paper.");
  }

  /** Noise with a bright bar: across for the digit 0, which SVHN labels 10, upright for 1. */
  private static void writeSvhnLike(String name, int samples) throws IOException {
    Matrix pictures = Mat5.newMatrix(new int[] {32, 32, 3, samples}, MatlabType.UInt8);
    Matrix labels = Mat5.newMatrix(samples, 1);
    Random random = new Random(name.hashCode());
    for (int i = 0; i < samples; i++) {
      boolean upright = i % 2 == 1;
      labels.setDouble(i, upright ? 1 : 10);
      int bar = 4 + random.nextInt(24);
      for (int value = 0; value < 3 * 32 * 32; value++) {
        int row = value % 32; // MATLAB's first index runs fastest
        int column = value / 32 % 32;
        boolean on = Math.abs((upright ? column : row) - bar) < 3;
        pictures.setInt(i * 3 * 32 * 32 + value, (on ? 180 : 20) + random.nextInt(60));
      }
    }
    MatFile file = Mat5.newMatFile();
    file.addArray("X", pictures).addArray("y", labels);
    Path path = directory.resolve("data/svhn").resolve(name);
    Files.createDirectories(path.getParent());
    Mat5.writeToFile(file, path.toFile());
  }

  @Test
  void measuresSvhnFromItsFiles() throws IOException {
    writeSvhnLike("train_32x32.mat", 60);
    writeSvhnLike("test_32x32.mat", 20);
    JsonNode json = reproduce("svhn --seed 2");

    assertThat(json.at("/rows/0/system").asText()).isEqualTo("CONV-WTA, 256 maps");
    assertThat(json.at("/rows/0/unit").asText()).isEqualTo("accuracy %");
    assertThat(json.at("/rows/0/measured").asDouble()).isGreaterThan(70); // of two classes
    assertThat(json.at("/rows/1/measured").asDouble()).isGreaterThan(70);
    assertThat(json.at("/rows/2/measured").isNull()).isTrue(); // not at this scale
    assertThat(json.get("remarks").toString()).contains("there is no extra_32x32.mat");
    Path runs = directory.resolve("out/smoke-seed2");
    assertThat(runs.resolve("svhn-conv-256/model.safetensors")).exists();
    assertThat(runs.resolve("svhn-stacked-256-1024/layers/2/model.safetensors")).exists();
    assertThat(runs.resolve("svhn.md")).content().contains("| CONV-WTA, 256 maps | 88.50 M | **");

    Files.delete(runs.resolve("svhn.json")); // the rows are measured again, of the same runs
    JsonNode again = reproduce("svhn --seed 2");
    for (int row = 0; row < 2; row++) {
      String measured = "/rows/%d/measured".formatted(row);
      assertThat(again.at(measured)).isEqualTo(json.at(measured));
      String training = "/rows/%d/trainingSeconds".formatted(row);
      assertThat(again.at(training)).isEqualTo(json.at(training));
    }
  }

  @Test
  void autoencodersLearnFromSvhnsExtraDigits() throws IOException {
    for (String part : List.of("train", "test", "extra")) {
      writeSvhnLike("more/" + part + "_32x32.mat", part.equals("extra") ? 140 : 40);
    }
    String line = "reproduce svhn --scale smoke --data data/svhn/more --out extra --json --quiet";
    JsonNode json = new ObjectMapper().readTree(Wta.in(directory).succeed(line.split(" ")).out());

    assertThat(json.get("remarks").toString()).contains("train_32x32.mat and extra_32x32.mat");
    assertThat(json.at("/rows/0/measured").isNull()).isFalse();
    assertThat(directory.resolve("extra/smoke-seed1/svhn-conv-256/config.json"))
        .content()
        .contains("\"samples\" : 180");
    String list = "reproduce svhn --scale smoke --out extra --list";
    assertThat(Wta.in(directory).succeed(list.split(" ")).out())
        .containsPattern("CONV-WTA, 256 maps +88.50 M +[0-9.]+ +done +[0-9]+ s")
        .containsPattern("the same, 1,000 labels +76.20 M +other scale");
  }

  @Test
  void measuresModelsThatHaveAClassifierOfTheirOwn() throws IOException {
    JsonNode rows = reproduce("drsae").get("rows");
    assertThat(rows).hasSize(7);
    JsonNode shallow = rows.get(4);
    assertThat(shallow.get("system").asText()).isEqualTo("DrSAE, 200 units, T = 2");
    assertThat(shallow.get("reported").asDouble()).isEqualTo(1.49);
    assertThat(shallow.get("mark").asText()).isEqualTo("P");
    for (int row = 4; row < 7; row++) {
      assertThat(rows.get(row).get("measured").asDouble()).isBetween(0.0, 67.0); // three classes
    }
  }

  @Test
  void listsTheTables() throws IOException {
    assertThat(Wta.in(directory).succeed("reproduce", "--list").out())
        .contains("mnist-conv", "mnist-few-labels", "train-images-idx3-ubyte");
    JsonNode json =
        new ObjectMapper()
            .readTree(Wta.in(directory).succeed("reproduce", "--list", "--json").out());
    assertThat(json.at("/tables/0/name").asText()).isEqualTo("mnist-conv");
    assertThat(json.at("/tables/0/rows/0/state").asText()).isEqualTo("quoted");
  }

  @Test
  void saysWhatIsMissing() {
    Wta wta = Wta.in(directory);
    assertThat(wta.fail("reproduce")).contains("missing the name of a table");
    assertThat(wta.fail("reproduce", "mnist-conf")).contains("did you mean 'mnist-conv'?");
    assertThat(wta.fail("reproduce", "mnist-conv", "--held-out", "-1")).contains("--held-out");
    assertThat(wta.fail("reproduce", "mnist-conv", "--scale", "big")).contains("'--scale'");
    assertThat(wta.fail("reproduce", "mnist-conv", "--data", "nowhere", "--quiet"))
        .contains("there is no train-images-idx3-ubyte.gz in nowhere")
        .contains("--data");
  }
}
