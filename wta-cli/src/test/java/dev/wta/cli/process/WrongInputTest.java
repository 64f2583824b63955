package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with the input: one line, exit code 2, and no file that was not there before.
 */
class WrongInputTest {
  private static final String SMALL = "--set hidden=4 --set epochs=1";

  @TempDir static Path directory;

  @BeforeAll
  static void makeInput() throws Exception {
    TinyData.importInto(directory, "train", 30, 1);
    Wta wta = Wta.in(directory);
    wta.succeed("import", "idx", "--images", "train-images.idx", "--out", "bare.arrow");
    wta.succeed(("train --model fc-wta --data train.arrow --out run " + SMALL).split(" "));
    byte[] labels = Files.readAllBytes(directory.resolve("train-labels.idx.gz"));
    Files.write(directory.resolve("cut.gz"), List.of());
    try (RandomAccessFile cut = new RandomAccessFile(directory.resolve("cut.gz").toFile(), "rw")) {
      cut.write(labels, 0, labels.length - 12);
    }
    Files.writeString(directory.resolve("text.txt"), "this is no data set, whatever it says");
    Files.writeString(directory.resolve("bad.yaml"), "epochs: 1\nlifetme: 0.05\n");
    Files.writeString(directory.resolve("broken.yaml"), "epochs: [1\n");
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
  }

  /** A command line, and what the answer has to say. */
  private static final String CASES =
      """
      import idx --images none.idx --out x.arrow | none.idx
      import idx --images text.txt --out x.arrow | text.txt
      import idx --images train-images.idx --labels cut.gz --out x.arrow | cut.gz
      import idx --images train-images.idx --out nowhere/x.arrow | nowhere
      train --model fc-wta --data none.arrow --out x | none.arrow
      train --model fc-wta --data text.txt --out x | text.txt
      train --model fc-wat --data train.arrow --out x | did you mean 'fc-wta'?
      train --model fc-wta --data train.arrow --out x --backend gpu | there is no backend 'gpu'
      train --model fc-wta --data train.arrow --out x --backend nd4j | set WTA_BACKENDS=nd4j
      train --model fc-wta --data train.arrow --out x --threads 0 | --threads is 0
      train --model fc-wta --data train.arrow --out x --config none.yaml | there is no configuration 'none.yaml'
      train --model fc-wta --data train.arrow --out x --config bad.yaml | unknown key 'lifetme' at line 2 of bad.yaml; did you mean 'lifetime'?
      train --model fc-wta --data train.arrow --out x --config broken.yaml | broken.yaml is not YAML
      train --model fc-wta --data train.arrow --out x --set epochs=many | key 'epochs' in --set: expected whole number
      train --model fc-wta --data train.arrow --out x --set lifetime=2 | key 'lifetime' in --set
      train --model fc-wta --data train.arrow --out x --set preprocess=whitten | there is no pre-processing 'whitten'
      train --model fc-wta --data train.arrow --out x --set preprocess=zca(-1) | its epsilon has to be a number of at least 0, not -1
      train --model fc-wta --data train.arrow --out x --set preprocess=lcn(20) | its size has to be an odd number
      train --model fc-wta --data train.arrow --out x --set patch=large | a patch's size such as 48 or 11x9
      train --model fc-wta --data train.arrow --out x --set patch=9 | the pictures of train.arrow, 1x6x6, are smaller than a patch of 9x9
      train --model fc-wta --data train.arrow --out x --seed one | '--seed'
      train --model fc-wta --data train.arrow --out x --modle y | did you mean '--model'?
      train --model fc-wta --data train.arrow --out x --epochs 3 | did you mean '--set epochs=...'?
      trian --model fc-wta --data train.arrow --out x | did you mean 'train'?
      train --model fc-wta --data train.arrow | missing required option: '--out=DIR'
      train --model fc-wta --data train.arrow --out run | run already holds a run
      train --data train.arrow --out x --resume | x holds no run
      train --data train.arrow --out run --resume --set rate=0.5 | 'rate' is 0.05 in the run, and 0.5 here
      train --data bare.arrow --out run --resume | data
      train --model fc-wta --data train.arrow --out text.txt/x | text.txt
      train --model fc-wta --data pipe --out x | pipe is a pipe or a device, and no file; give '-'
      probe --run run --train train.arrow --test pipe | or copy it to a file
      train --model topk-transcoder --data train.arrow --target pipe --out x | and no file; copy what it
      encode --run none --data train.arrow --out x.arrow | none holds no run
      encode --run run --data none.arrow --out x.arrow | none.arrow
      encode --run run --data train.arrow --out nowhere/x.arrow | nowhere
      probe --run run --train train.arrow --test bare.arrow | bare.arrow
      probe --run none --train train.arrow --test train.arrow | none holds no run
      probe --train train.arrow --test train.arrow | --run
      probe --run run --train train.arrow --test train.arrow --c 0 | --c is 0.0
      probe --run run --train train.arrow --test train.arrow --scaling big | no such scaling
      probe --run run --train train.arrow --test train.arrow --classifier knn | expected one of svm, softmax but was 'knn'
      probe --run run --train train.arrow --test train.arrow --labels 31 | 31 labels are asked for, and there are 30
      probe --run run --train train.arrow --test train.arrow --labels 2 | 2 labels are too few for 3 classes
      probe --run run --train train.arrow --test train.arrow --labels 9,x | '--labels'
      probe --run run --train train.arrow --test train.arrow --labels 0 | --labels has 0
      probe --run run --train train.arrow --test train.arrow --labels 9 --repeats 0 | --repeats is 0
      probe --run run --train train.arrow --test train.arrow --labels 9 --plot x.png | ends with .svg
      probe --run run --train train.arrow --test train.arrow --labels 9 --plot nowhere/x.svg | nowhere
      probe --run run --train train.arrow --test train.arrow --plot x.svg | there is no --labels
      filters --run run --out nowhere/x.png | nowhere
      filters --run run --out x.jpg | give a name that ends with .png
      filters --run run --out x.png --units 0 | --units is 0
      demo --out run | run holds something that is not a demo's
      """;

  static Stream<Arguments> cases() {
    return CASES.lines().map(line -> Arguments.of((Object[]) line.split(" +\\| +")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isAnsweredInOneLine(String line, String expected) throws IOException {
    List<String> before = files();
    assertThat(Wta.in(directory).fail((line + " --quiet").split(" "))).contains(expected);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aFullDiskLeavesNoHalfWrittenFile() throws IOException {
    TinyData.writeIdx(directory, "large", 10_000, 1);
    List<String> before = files();
    String complaint =
        Wta.in(directory)
            .limitingFilesTo(64)
            .fail("import", "idx", "--images", "large-images.idx", "--out", "large.arrow");
    assertThat(complaint).contains("large.arrow");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aFullDiskDuringTrainingIsAnsweredInOneLine() {
    String complaint =
        Wta.in(directory)
            .limitingFilesTo(64)
            .fail(
                "train",
                "--model",
                "fc-wta",
                "--data",
                "train.arrow",
                "--out",
                "full",
                "--set",
                "hidden=4000",
                "--set",
                "epochs=1",
                "--quiet");
    assertThat(complaint).contains("full");
    assertThat(directory.resolve("full/model.safetensors")).doesNotExist();
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}
