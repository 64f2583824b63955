package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta probe --labels}: the same features, judged with fewer labels. */
class FewLabelsProbeTest {
  @TempDir static Path directory;

  @BeforeAll
  static void importTinyPictures() {
    TinyData.importInto(directory, "train", 300, 1);
    TinyData.importInto(directory, "test", 60, 2);
  }

  private static Wta.Result probe(String further) {
    String line = "probe --raw --train train.arrow --test test.arrow --labels 30,300,9 " + further;
    return Wta.in(directory).succeed(line.split(" "));
  }

  @Test
  void printsATableInTheOrderOfTheNumbers() {
    assertThat(probe("--repeats 3").out())
        .containsPattern(
            "(?s)test error .*\\n"
                + " +9 +\\d+\\.\\d\\d % ± \\d+\\.\\d\\d % +3 random .*\\n"
                + " +30 .*\\n"
                + " +300 +")
        .containsPattern("\\n +300 +\\d+\\.\\d\\d % ± 0\\.00 % +all ");
  }

  @Test
  void takesTheFirstSamplesOfEachClass() {
    assertThat(probe("--subsets first").out()).containsPattern("\\n +30 +\\d+\\.\\d\\d % +first ");
    String both = "probe --raw --train train.arrow --test test.arrow --labels 9 --subsets first";
    String none = "probe --raw --train train.arrow --test test.arrow";
    assertThat(Wta.in(directory).fail((none + " --subsets first").split(" ")))
        .contains("--subsets is for few labels, and there is no --labels");
    assertThat(Wta.in(directory).fail((none + " --repeats 3").split(" ")))
        .contains("--repeats is for few labels, and there is no --labels");
    assertThat(Wta.in(directory).fail((both + " --repeats 2").split(" ")))
        .contains("--repeats is for random subsets, and there is one of the first samples");
  }

  @Test
  void answersMeanAndSpreadOfEachNumberAndDrawsThem() throws IOException {
    String printed = probe("--repeats 3 --seed 5 --plot few.svg --json --quiet").out();
    JsonNode json = new ObjectMapper().readTree(printed);
    JsonNode few = json.get("fewLabels");

    assertThat(few).hasSize(3);
    assertThat(few.at("/0/labels").asInt()).isEqualTo(9);
    double sum = 0;
    for (JsonNode draw : few.at("/0/draws")) {
      sum += draw.get("testError").asDouble();
    }
    assertThat(few.at("/0/mean").asDouble()).isCloseTo(sum / 3, within(1e-12));
    assertThat(few.at("/0/std").asDouble()).isPositive();
    assertThat(few.at("/2/labels").asInt()).isEqualTo(300);
    assertThat(few.at("/2/mean").asDouble()).isEqualTo(json.get("testError").asDouble());
    assertThat(Files.readString(directory.resolve("few.svg")))
        .startsWith("<svg")
        .contains(">300</text>");
    String again = probe("--repeats 3 --seed 5 --json --quiet").out();
    assertThat(new ObjectMapper().readTree(again).at("/fewLabels/0/draws"))
        .isEqualTo(few.at("/0/draws"));
  }
}
