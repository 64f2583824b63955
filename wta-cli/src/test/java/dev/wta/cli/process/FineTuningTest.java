package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta train --from}: a run that begins with another one's parameters. */
class FineTuningTest {
  private static final String FROM = "train --from first --data second.arrow ";

  @TempDir static Path directory;

  @BeforeAll
  static void trainTheFirst() {
    TinyData.importInto(directory, "first", 200, 1);
    TinyData.importInto(directory, "second", 120, 2);
    String train =
        "train --model topk --data first.arrow --out first --set hidden=20 --set k=3"
            + " --set epochs=2 --set batch=20 --set warmup=15";
    Wta.in(directory).succeed(train.split(" "));
  }

  private static JsonNode config(String run) throws IOException {
    return new ObjectMapper().readTree(directory.resolve(run).resolve("config.json").toFile());
  }

  @Test
  void aRunSaysWhatItIsFromAndResumesByItself() throws IOException {
    String begin = FROM + "--out tuned --set epochs=1 --set aux-weight=0.5 --seed 9";
    assertThat(Wta.in(directory).succeed(begin.split(" ")).err())
        .contains("note: it started from the parameters of first at step 20")
        .doesNotContain("warmup' is");
    JsonNode tuned = config("tuned");
    JsonNode first = config("first");
    assertThat(tuned.at("/from/run").asText()).isEqualTo("first");
    assertThat(tuned.at("/from/step").asInt()).isEqualTo(20);
    assertThat(tuned.at("/from/data")).isEqualTo(first.get("data"));
    assertThat(tuned.get("preprocessing")).isEqualTo(first.get("preprocessing"));
    assertThat(tuned.at("/training/batch").asInt()).isEqualTo(20);
    assertThat(tuned.at("/training/seed").asInt()).isEqualTo(9);
    assertThat(tuned.at("/model/hidden").asInt()).isEqualTo(20);
    assertThat(tuned.at("/model/aux-weight").asDouble()).isEqualTo(0.5);
    String resume = "train --resume --data second.arrow --out tuned --set epochs=2";
    assertThat(Wta.in(directory).succeed(resume.split(" ")).err()).contains("resuming from step 6");
    assertThat(config("tuned").get("from")).isEqualTo(tuned.get("from"));
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsWritten() {
    assertThat(Wta.in(directory).fail((FROM + "--out no --set hidden=30 --quiet").split(" ")))
        .isEqualTo(
            "wta: this training cannot start from the parameters of first: 'hidden' is 20 in the"
                + " run, and 30 here; leave these as they are in the run, or train without its"
                + " parameters");
    assertThat(Wta.in(directory).fail((FROM + "--out no --model gated --quiet").split(" ")))
        .isEqualTo(
            "wta: first holds a topk, and --model is gated; leave out --model: the run knows its"
                + " own");
    assertThat(Wta.in(directory).fail((FROM + "--out first --quiet").split(" ")))
        .contains("first already holds a run");
    assertThat(Wta.in(directory).fail((FROM + "--out first --resume").split(" ")))
        .contains("--resume continues the run in --out, and cannot be combined with --from");
    assertThat(directory.resolve("no")).doesNotExist();
  }
}
