package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on random patches that are standardised and whitened, command by command. */
class PatchRunTest {
  private static final String TRAIN =
      "train --model fc-wta --data train.arrow --set hidden=12 --set epochs=4 --set batch=30"
          + " --set lifetime=0.2 --set schedule=constant";

  @TempDir static Path directory;
  private static Wta.Result training;

  @BeforeAll
  static void trainOnPatches() {
    TinyData.importInto(directory, "train", 300, 1);
    training = train("whole", "patch=4", "preprocess=standardise(10), zca(0.1, 2000)");
  }

  private static Wta.Result train(String run, String... settings) {
    List<String> arguments = new ArrayList<>(List.of(TRAIN.split(" ")));
    arguments.addAll(List.of("--out", run));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return Wta.in(directory).succeed(arguments.toArray(String[]::new));
  }

  @Test
  void trainingSaysWhatItDoes() {
    assertThat(training.err())
        .contains("taking the covariance")
        .contains("training fc-wta on train.arrow: 300 random patches of 1x4x4")
        .contains("4 epochs, 40 steps");
  }

  @Test
  void aResumedRunEndsWithTheSameBits() {
    train("halves", "patch=4", "preprocess=standardise(10), zca(0.1, 2000)", "epochs=2");
    Wta.in(directory)
        .succeed("train --resume --data train.arrow --out halves --set epochs=4".split(" "));
    assertThat(directory.resolve("halves/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("whole/model.safetensors"));
    assertThat(directory.resolve("halves/preprocessing.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("whole/preprocessing.safetensors"));
  }

  @Test
  void wholePicturesAreRefusedInOneLine() {
    assertThat(
            Wta.in(directory)
                .fail("encode --run whole --data train.arrow --out x.arrow --quiet".split(" ")))
        .contains("samples of shape 1x6x6, and the model takes 1x4x4")
        .contains("a model of patches takes no whole pictures");
    assertThat(directory.resolve("x.arrow")).doesNotExist();
  }

  @Test
  void aConvolutionalModelOfPatchesEncodesWholePicturesForTheNextLayer() {
    Wta wta = Wta.in(directory);
    wta.succeed(
        "train --model conv-wta --data train.arrow --out conv --set layers=3conv3-3deconv3 --set patch=4 --set epochs=1"
            .split(" "));
    assertThat(
            wta.succeed(
                    "encode --run conv --data train.arrow --pool 2/2 --out maps.arrow".split(" "))
                .out())
        .contains("300 samples of 27 features"); // 3 maps of 3x3 windows in 6x6 pixels
    wta.succeed(
        "train --model conv-wta --data maps.arrow --out second --set layers=2conv3-2deconv3 --set epochs=1"
            .split(" "));
    wta.succeed("filters --run conv --out conv.png".split(" "));
    assertThat(
            wta.succeed("probe --run conv --train train.arrow --test train.arrow --c 1".split(" "))
                .out())
        .contains("test error");
  }

  @Test
  void filtersAreDrawnAtThePatchsSize() throws IOException {
    Wta.in(directory).succeed("filters --run whole --out f.png".split(" "));
    BufferedImage picture = ImageIO.read(directory.resolve("f.png").toFile());
    int zoom = 8;
    assertThat(picture.getWidth()).isEqualTo(4 * (4 + 1) * zoom + zoom); // and a gap round each
  }

  @Test
  void wholePicturesAreWhitenedOnceAndProbedWithoutSayingSo() throws IOException {
    train("pictures", "preprocess=standardise, lcn(5), zca(0.1)");
    assertThat(Files.readString(directory.resolve("pictures/config.json"))).contains("\"lcn\"");
    assertThat(directory.resolve("pictures/preprocessed.arrow")).doesNotExist();
    Wta.Result probe =
        Wta.in(directory)
            .succeed("probe --run pictures --train train.arrow --test train.arrow".split(" "));
    assertThat(probe.out()).contains("test error");
  }
}
