package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transcoder from its two files to its probe. */
class TranscoderRunTest {
  private static final String TRAIN =
      "train --model topk-transcoder --data in.arrow --set hidden=30 --set k=5 --set batch=20";

  @TempDir static Path directory;

  @BeforeAll
  static void train() throws IOException {
    TinyData.importInto(directory, "in", 300, 1);
    TinyData.importInto(directory, "test", 300, 2);
    wta("train --model topk --data in.arrow --out below --set hidden=16 --set k=4 --set epochs=3");
    wta("encode --run below --data in.arrow --out out.arrow");
    wta("encode --run below --data test.arrow --out test-out.arrow");
    wta(TRAIN + " --target out.arrow --set skip=true --set epochs=30 --out run");
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).succeed(arguments.split(" "));
  }

  private static void refused(String arguments, String message) {
    Wta.Result result = Wta.in(directory).run(arguments.split(" "));
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }

  @Test
  void theRunKnowsItsTarget() throws IOException {
    assertThat(Files.readString(directory.resolve("run/config.json")))
        .contains("\"target\"", "out.arrow", "\"outputs\"");
  }

  @Test
  void aProbeWithTargetsMeasuresWhatIsExplained() {
    String probe = "probe --run run --train in.arrow --test test.arrow --c 1";
    assertThat(wta(probe + " --target test-out.arrow").out()).contains("explained variance 0.");
    Wta.Result without = wta(probe);
    assertThat(without.out()).doesNotContain("explained variance");
    assertThat(without.err()).contains("no explained variance", "--target");
    refused(probe + " --target out.arrow.missing", "out.arrow.missing");
    refused("probe --raw --train in.arrow --test test.arrow --target out.arrow", "--target");
  }

  @Test
  void aReportFindsTheTargetsOfTheTrainingData() throws IOException {
    wta("report --run run --out report");
    assertThat(Files.readString(directory.resolve("report/index.html")))
        .contains("variance explained", "Targets, and below each", "out.arrow");
    Wta.Result other = wta("report --run run --out other --data test.arrow");
    assertThat(other.err()).contains("--target");
    assertThat(Files.readString(directory.resolve("other/index.html")))
        .doesNotContain("variance explained", "Targets, and below each");
  }

  @Test
  void resumedItEndsTheSame() throws IOException {
    wta(TRAIN + " --target out.arrow --set skip=true --set epochs=2 --out halting");
    wta("train --resume --data in.arrow --target out.arrow --out halting --set epochs=30");
    assertThat(directory.resolve("halting/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("run/model.safetensors"));
    refused("train --resume --data in.arrow --out run", "a target, and none was given");
    refused(
        "train --resume --data in.arrow --target test-out.arrow --out run", "the target's digest");
  }

  @Test
  void aTargetTooFewOrTooManyIsRefused() {
    refused(TRAIN + " --out none", "give the targets of the samples: --target FILE");
    refused(
        "train --model topk --data in.arrow --target out.arrow --out none",
        "topk reconstructs its samples, and has no target");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void featuresAndKeysNeedNoTarget() {
    wta("encode --run run --data test.arrow --out features.arrow");
    wta("filters --run run --out filters.png");
    assertThat(wta("train --model gated-transcoder --keys").out())
        .contains("skip", "outputs", "target-preprocess", "gate-decoder");
    assertThat(wta("train --model gated --keys").out()).doesNotContain("target-preprocess");
  }
}
