package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta reproduce} on small files of MNIST's names and form. */
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
        .contains("M: recalled, not checked against the paper.");
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
  }

  @Test
  void saysWhatIsMissing() {
    Wta wta = Wta.in(directory);
    assertThat(wta.fail("reproduce")).contains("missing the name of a table");
    assertThat(wta.fail("reproduce", "mnist-conf")).contains("did you mean 'mnist-conv'?");
    assertThat(wta.fail("reproduce", "mnist-conv", "--scale", "big")).contains("'--scale'");
    assertThat(wta.fail("reproduce", "mnist-conv", "--data", "nowhere", "--quiet"))
        .contains("there is no train-images-idx3-ubyte.gz in nowhere")
        .contains("--data");
  }
}
