package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code wta train --set precision=bf16}. */
class PrecisionRunTest {
  private static final Pattern OBSTACLE = Pattern.compile("oneDNN.* not used: (.*)");
  private static final String COMMON =
      " --data train.arrow --set batch=100 --set lifetime=0.1" + " --set schedule=constant ";

  @TempDir static Path directory;

  @BeforeAll
  static void importData() {
    TinyData.importInto(directory, "train", 200, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fc   | --model fc-wta --set hidden=300,40 --set tied=false",
        "conv | --model conv-wta --set layers=16conv3-16conv3-16conv3-16deconv5"
      })
  void theBitsAreTheSameAgainAndAfterGoingOn(String name, String model) throws IOException {
    Matcher obstacle = OBSTACLE.matcher(wta("backends").out());
    boolean obstructed = obstacle.find();
    assumeTrue(!obstructed, () -> obstacle.group(1));
    String train = "train " + model + COMMON;
    String rounded = train + "--set precision=bf16 --set epochs=2 ";
    wta(rounded + "--threads 1 --out %s-once".formatted(name));
    wta(rounded + "--threads 2 --out %s-again".formatted(name));
    assertThat(model(name + "-again")).isEqualTo(model(name + "-once"));

    wta(train + "--set precision=bf16 --set epochs=1 --out %s-halves".formatted(name));
    String halves = " --data train.arrow --out %s-halves".formatted(name);
    wta("train --resume" + halves + " --set epochs=2");
    assertThat(model(name + "-halves")).isEqualTo(model(name + "-once"));

    wta(train + "--set epochs=2 --out %s-float32".formatted(name));
    if (name.equals("conv")) { // the other model's products are too small to be rounded
      assertThat(model("conv-float32")).isNotEqualTo(model("conv-once"));
    }
    assertThat(wta("info %s-once".formatted(name)).out())
        .containsPattern("precision +bf16")
        .contains("products in bf16 by oneDNN");
    assertThat(
            Wta.in(directory)
                .accelerated()
                .fail(
                    ("train --resume" + halves + " --backend cpu --set precision=float32")
                        .split(" ")))
        .contains("'precision' is bf16 in the run, and float32 here");
  }

  @Test
  void withoutAnAcceleratorItIsRefusedBeforeAnythingIsWritten() {
    String train =
        "train --model fc-wta --backend cpu --set precision=bf16 --out none"
            + COMMON.stripTrailing();
    assertThat(Wta.in(directory).fail(train.split(" ")))
        .startsWith("wta: backend 'cpu' has no products in bf16 here: no accelerator is on")
        .contains("; set WTA_ACCELERATORS=onednn in the environment of ./wta")
        .endsWith("or leave out 'precision'");
    String tf32 = train.replace("bf16", "tf32").replace("cpu", "reference");
    assertThat(Wta.in(directory).fail(tf32.split(" ")))
        .startsWith("wta: backend 'reference' has no products in tf32; leave out 'precision'");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).accelerated().succeed(arguments.split(" +"));
  }

  private static byte[] model(String run) throws IOException {
    return Files.readAllBytes(directory.resolve(run).resolve("model.safetensors"));
  }
}
