package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack from its YAML file to its probe, and through a kill. */
class StackedRunTest {
  private static final String TRAIN =
      "train --model stacked --data train.arrow --config stack.yaml";

  @TempDir static Path directory;
  private static Wta.Result training;

  @BeforeAll
  static void train() throws IOException {
    TinyData.importInto(directory, "train", 300, 1);
    Files.writeString(
        directory.resolve("stack.yaml"),
        """
        layers:
          - model: conv-wta
            layers: 4conv3-6conv3-6deconv5
            pool: 3/2
            batch: 20
            epochs: 3
            schedule: pause(20)
            checkpoint-every: 7
          - model: conv-wta
            layers: 5conv3-5deconv3
            pool: none
            batch: 20
            epochs: 2
          - model: fc-wta
            hidden: 9
            batch: 20
            epochs: 3
            optimizer: adam
            rate: 0.001
            schedule: pause(25)
            checkpoint-every: 7
        """);
    training = wta(TRAIN + " --out whole");
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).succeed(arguments.split(" "));
  }

  @Test
  void trainingSaysWhichLayerItIsAt() {
    assertThat(training.err())
        .contains("layer 1 of 3: training conv-wta on train.arrow: 300 samples of 1x6x6")
        .contains("writing the features of layer 1")
        .contains(
            "layer 2 of 3: training conv-wta on the features of layer 1: 300 samples of 6x3x3")
        .contains("layer 3 of 3: training fc-wta on the features of layer 2: 300 samples of 5x3x3");
    assertThat(training.out()).contains("finished after 8 epochs, 120 steps");
    assertThat(directory.resolve("whole/layers/1/features.arrow")).doesNotExist();
  }

  @Test
  void itIsOneEncoder() {
    wta("encode --run whole/layers/1 --data train.arrow --out one.arrow");
    wta("encode --run whole/layers/2 --data one.arrow --out two.arrow");
    wta("encode --run whole/layers/3 --data two.arrow --out three.arrow");
    wta("encode --run whole --data train.arrow --out all.arrow");
    String raw = "probe --raw --train %1$s --test %1$s --c 1 --scaling none --json";
    String byHand = wta(raw.formatted("three.arrow")).out();
    assertThat(testError(wta(raw.formatted("all.arrow")).out())).isEqualTo(testError(byHand));
    Wta.Result probe =
        wta("probe --run whole --train train.arrow --test train.arrow --c 1 --scaling none");
    assertThat(probe.out()).contains("whole (stacked)", "9; scaling none", "dead");
    assertThat(probe.out()).doesNotContain("explained variance");
  }

  private static String testError(String json) {
    return json.lines().filter(line -> line.contains("\"testError\"")).findFirst().orElseThrow();
  }

  @Test
  void everyLayersUnitsAreDrawnInTheData() {
    assertThat(wta("filters --run whole --out f.png").out()).isEqualTo("f.png: 9 of 9 units\n");
    assertThat(wta("filters --run whole --out g.png --layer 2").out()).contains("5 of 5 units");
    assertThat(wta("filters --run whole --out h.png --layer 1").out()).contains("6 of 6 units");
    Wta.Result refused =
        Wta.in(directory).run("filters --run whole --out i.png --layer 4".split(" "));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("there is no layer 4 in a model of 3 layers");
  }

  @Test
  void aKilledStackResumesToTheSameBits() throws Exception {
    String resume = "train --resume --data train.arrow --out killed";
    killPausing("pause-20", TRAIN + " --out killed", "layers/1/state.json");
    killPausing("pause-25", resume, "layers/3/state.json");
    wta(resume);
    for (String layer : new String[] {"1", "2", "3"}) {
      String model = "layers/" + layer + "/model.safetensors";
      assertThat(directory.resolve("killed").resolve(model))
          .hasSameBinaryContentAs(directory.resolve("whole").resolve(model));
    }
  }

  /** Starts a command that pauses, and kills it once its run has a file. */
  private static void killPausing(String pause, String command, String file) throws Exception {
    Path paused = Files.createFile(directory.resolve(pause));
    Wta.Running running = Wta.in(directory).start(command.split(" "));
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(directory.resolve("killed").resolve(file))) {
      assertThat(System.nanoTime()).as(running.errorText()).isLessThan(giveUp);
      Thread.sleep(5);
    }
    running.process().destroyForcibly();
    assertThat(running.result().exit()).isEqualTo(128 + 9);
    Files.delete(paused);
  }

  @Test
  void oneLayersSettingIsOverriddenByItsNumber() {
    String epochs = " --set layers.1.epochs=1 --set layers.3.epochs=1 --set keep-features=true";
    assertThat(wta(TRAIN + epochs + " --out short").out()).contains("finished after 4 epochs");
    assertThat(directory.resolve("short/layers/1/features.arrow")).exists();
    assertThat(directory.resolve("short/layers/2/features.arrow")).exists();
  }

  @Test
  void whatIsWrongIsOneClearLine() throws IOException {
    assertRefused(TRAIN + " --set layers.4.epochs=1 --out x", "'layers' has elements 1 to 3");
    assertRefused(TRAIN + " --set epochs=1 --out x", "'layers.1.epochs' for the first one");
    assertRefused(TRAIN + " --set layers.1.zzz.b=1 --out x", "unknown key 'layers.1.zzz.b'");
    assertRefused(TRAIN + " --set layers.1.epoch=1 --out x", "layer 1", "did you mean 'epochs'?");
    assertRefused("train --model stacked --data train.arrow --out x", "needs its layers");
    Files.writeString(
        directory.resolve("bad.yaml"), "layers:\n  - model: fc-wta\n  - model: conv-wta\n");
    assertRefused(
        "train --model stacked --data train.arrow --config bad.yaml --out x",
        "layer 2: conv-wta takes images");
    Files.writeString(directory.resolve("worse.yaml"), "\nlayers:\n  - model: fc-wat\n");
    assertRefused(
        "train --model stacked --data train.arrow --config worse.yaml --out x",
        "at line 2 of worse.yaml",
        "layer 1: there is no model 'fc-wat'");
    assertThat(directory.resolve("x")).doesNotExist();
  }

  private static void assertRefused(String command, String... complaint) {
    Wta.Result refused = Wta.in(directory).run(command.split(" "));
    assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains(complaint);
    assertThat(refused.err().strip().lines().filter(line -> line.startsWith("wta: "))).hasSize(1);
  }
}
