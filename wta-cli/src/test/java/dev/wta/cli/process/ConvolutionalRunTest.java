package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A convolutional model through the same commands as any other. */
class ConvolutionalRunTest {
  private static final String TRAIN =
      "train --model conv-wta --data train.arrow --set layers=4conv3-8conv3-8deconv5"
          + " --set lifetime=0.1 --set batch=20";

  @TempDir static Path directory;
  private static Wta.Result training;

  @BeforeAll
  static void train() {
    TinyData.importInto(directory, "train", 100, 1);
    training = wta(TRAIN + " --set epochs=2 --out whole");
  }

  private static Wta.Result wta(String arguments) {
    return Wta.in(directory).succeed(arguments.split(" "));
  }

  @Test
  void trainingSaysWhatItDoes() {
    assertThat(training.err())
        .contains("training conv-wta on train.arrow: 100 samples of 1x6x6")
        .contains("4conv3-8conv3-8deconv5", "spatial then lifetime(0.1)");
    assertThat(training.out()).contains("finished after 2 epochs, 10 steps");
  }

  @Test
  void aResumedRunEndsWithTheSameBits() {
    wta(TRAIN + " --set epochs=1 --out halves");
    wta("train --resume --data train.arrow --out halves --set epochs=2");
    assertThat(directory.resolve("halves/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("whole/model.safetensors"));
  }

  @Test
  void filtersAreDrawnAtTheirOwnSize() throws IOException {
    assertThat(wta("filters --run whole --out f.png").out()).isEqualTo("f.png: 8 of 8 units\n");
    BufferedImage picture = ImageIO.read(directory.resolve("f.png").toFile());
    int zoom = 8;
    assertThat(picture.getWidth()).isEqualTo(3 * (5 + 1) * zoom + zoom); // and a gap round each
  }

  @Test
  void aProbeOfFeaturesInAFileIsTheSame() {
    String[] probe =
        "probe --run whole --train train.arrow --test train.arrow --scaling square-root+sample-norm --json"
            .split(" ");
    Wta.Result inMemory = Wta.in(directory).succeed(probe);
    Wta.Result inFile =
        Wta.in(directory)
            .with(Map.of("JAVA_TOOL_OPTIONS", "-Dwta.features.memory=0"))
            .succeed(probe);

    assertThat(inFile.err())
        .contains("100 x 32 features are more than stays in memory (0 MiB): they are in a file")
        .containsPattern("the file of features was read \\d+\\.\\d times");
    assertThat(inMemory.err()).doesNotContain("file of features");
    assertThat(withoutTimes(inFile.out())).isEqualTo(withoutTimes(inMemory.out()));
    assertThat(directory.resolve("whole")).isDirectoryNotContaining("glob:**.f32");
  }

  private static String withoutTimes(String json) {
    return json.replaceAll("\"[a-zA-Z]*[sS]econds\" : [0-9.E-]+", "");
  }

  @Test
  void featuresArePooledAsTheRunSaysUnlessTheyAreWantedOtherwise() {
    String encode = "encode --run whole --data train.arrow --out features.arrow --json";
    assertThat(wta(encode).out()).contains("\"features\" : " + 8 * 2 * 2);
    assertThat(wta(encode + " --pool none").out()).contains("\"features\" : " + 8 * 6 * 6);
    assertThat(
            wta("probe --run whole --train train.arrow --test train.arrow --pool 6/6 --json").out())
        .contains("\"features\" : 8,");
  }

  @Test
  void presetsAreListedAndOverridden() {
    assertThat(wta("train --model conv-wta --keys").out())
        .contains("Presets, for --preset:", "mnist-16", "16conv5-16conv5-16deconv11");
    String train = "train --model conv-wta --data train.arrow --set epochs=1 --preset mnist-16";
    assertThat(wta(train + " --set pool=none --out preset").err())
        .contains("layers 16conv5-16conv5-16deconv11", "pool none");
  }

  @Test
  void wrongPoolingIsOneClearLine() {
    String probe = "--train train.arrow --test train.arrow --pool 6x6";
    Wta.Result refused = Wta.in(directory).run(("probe --run whole " + probe).split(" "));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("window/stride such as 5/3, or none, not '6x6'");
    refused = Wta.in(directory).run(("probe --raw " + probe).split(" "));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("--pool is for the features of a run");
  }

  /** Maps in, maps out: features can be trained on as pictures are. */
  @Test
  void featuresKeepTheShapeOfTheirMaps() {
    wta("encode --run whole --data train.arrow --out maps.arrow");
    String second = "train --model conv-wta --data maps.arrow --set layers=3conv3-3deconv3";
    assertThat(wta(second + " --set epochs=1 --out second").err()).contains("samples of 8x2x2");
  }

  @Test
  void wrongLayersAreOneClearLine() {
    Wta.Result refused =
        Wta.in(directory)
            .run(
                "train --model conv-wta --data train.arrow --set layers=8conv4 --out x".split(" "));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("'layers' in --set", "'8conv4' is no deconv layer");
    assertThat(directory.resolve("x")).doesNotExist();
  }
}
