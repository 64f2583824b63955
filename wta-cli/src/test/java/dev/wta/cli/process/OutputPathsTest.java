package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No command's output destroys what is there: one line, exit code 2, and every file as it was. */
class OutputPathsTest {
  private static final String READ = "is a file that the command reads";
  private static final String OF_RUN = "is a file of the run in";
  private static final String NO_FILE = "is a device, a pipe or a socket";

  @TempDir static Path directory;

  @BeforeAll
  static void makeInput() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/dev/null")), "links, pipes and devices are POSIX's here");
    TinyData.importInto(directory, "train", 30, 1);
    Wta wta = Wta.in(directory);
    wta.succeed(
        "train --model drsae --data train.arrow --out run --set hidden=6 --set epochs=1 --quiet"
            .split(" "));
    for (String part : new String[] {"train", "t10k"}) {
      for (String name : new String[] {"images-idx3", "labels-idx1"}) {
        TinyData.writeMnistLike(directory.resolve("mnist/%s-%s-ubyte.gz".formatted(part, name)));
      }
    }
    Files.createDirectories(directory.resolve("pictures/a"));
    Files.writeString(directory.resolve("pictures/a/1.pgm"), "P5 2 2 255\nabcd");
    Files.createSymbolicLink(directory.resolve("link.arrow"), Path.of("train.arrow"));
    Files.createLink(directory.resolve("hard.arrow"), directory.resolve("train.arrow"));
    Files.createSymbolicLink(directory.resolve("model.png"), Path.of("run/model.safetensors"));
    Files.createLink(directory.resolve("hard.svg"), directory.resolve("run/state.json"));
    Files.createSymbolicLink(directory.resolve("nowhere.png"), Path.of("not-there.png"));
    for (String folder : new String[] {"page", "parts", "foreign"}) {
      Files.createDirectory(directory.resolve(folder));
    }
    Files.createSymbolicLink(directory.resolve("page/index.html"), Path.of("../train.arrow"));
    Files.createLink(
        directory.resolve("parts/units.png"), directory.resolve("run/model.safetensors"));
    Files.writeString(directory.resolve("foreign/model.safetensors"), "of another program");
    int made =
        new ProcessBuilder("mkfifo", directory.resolve("pipe.csv").toString()).start().waitFor();
    assertThat(made).isZero();
  }

  private static final String CASES =
      """
      encode --run run --data train.arrow --out train.arrow | READ
      encode --run run --data train.arrow --out ./run/../train.arrow | READ
      encode --run run --data link.arrow --out train.arrow | READ
      encode --run run --data train.arrow --out link.arrow | READ
      encode --run run --data train.arrow --out hard.arrow | READ
      encode --run run --data train.arrow --out run/config.json | OF_RUN
      encode --run run --data train.arrow --out run/Model.safetensors.next | OF_RUN
      encode --run run --data train.arrow --out /dev/null | NO_FILE
      encode --run run --data train.arrow --out /dev/stdout | NO_FILE
      synthesise --out - --samples 9 --seed 1 | 'wta synthesise' does not write standard output
      import npy train.arrow --out - | give a path
      report --run run --out - | 'wta report' does not write standard output
      filters --run run --out run/model.safetensors | OF_RUN
      filters --run run --out model.png | OF_RUN
      filters --run run --out nowhere.png | is a link to not-there.png
      predict --run run --data train.arrow --out train.arrow | READ
      predict --run run --data train.arrow --out pipe.csv | NO_FILE
      probe --run run --train train.arrow --test train.arrow --labels 9 --plot hard.svg | READ
      parts --run run --data train.arrow --out parts | READ
      report --run run --out page --data train.arrow | READ
      report --run run --out pipe.csv | pipe.csv
      import idx --images train-images.idx --out train-images.idx | READ
      import idx --images train-images.idx --labels train-labels.idx.gz --out train-labels.idx.gz | READ
      import npy train.arrow --out hard.arrow | READ
      import csv train.arrow --out train.arrow | READ
      import svhn train.arrow --out train.arrow | READ
      import cifar10 pictures --out pictures/a/1.pgm | READ
      import folder pictures --out pictures/a/1.pgm | READ
      import folder pictures --classes-of train.arrow --out train.arrow | READ
      import folder pictures --out run/state.json | OF_RUN
      train --model fc-wta --data train.arrow --out foreign --set hidden=4 | model.safetensors is in the way of a run
      train --model fc-wta --data train.arrow --out /dev/null --set hidden=4 | /dev/null
      train --model fc-wta --data train.arrow --out train.arrow --set hidden=4 | train.arrow
      demo --out train.arrow | train.arrow
      demo --out run | run holds something that is not a demo's
      reproduce mnist-fc --scale smoke --data mnist --out train.arrow | train.arrow
      """;

  static Stream<Arguments> cases() {
    return CASES
        .lines()
        .map(line -> line.split(" +\\| +", 2))
        .map(parts -> Arguments.of(parts[0], parts[1]));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsDestroyed(String line, String expected) throws IOException {
    Map<String, Object> before = contents();
    String answer =
        switch (expected) {
          case "READ" -> READ;
          case "OF_RUN" -> OF_RUN;
          case "NO_FILE" -> NO_FILE;
          default -> expected;
        };
    assertThat(Wta.in(directory).fail((line + " --quiet").split(" "))).contains(answer);
    assertThat(contents()).isEqualTo(before);
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  /** Of each path: what a link leads to, or the check sum of a file's bytes. */
  private static Map<String, Object> contents() throws IOException {
    Map<String, Object> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Object content = "";
        if (Files.isSymbolicLink(file)) {
          content = Files.readSymbolicLink(file);
        } else if (Files.isRegularFile(file)) {
          content = Arrays.hashCode(Files.readAllBytes(file));
        }
        contents.put(file.toString(), content);
      }
    }
    return contents;
  }

  @Test
  void plainFilesAreReplacedAndLinksAreWrittenThrough() throws IOException {
    Path real = Files.writeString(directory.resolve("real.png"), "mine");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-------"));
    Path link = Files.createSymbolicLink(directory.resolve("to.png"), Path.of("real.png"));
    Wta.in(directory).succeed("filters", "--run", "run", "--out", "to.png", "--quiet");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readAllBytes(real)).startsWith(0x89, 'P', 'N', 'G');
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-------");
    Wta.in(directory).succeed("filters", "--run", "run", "--out", "run/filters.png", "--quiet");
    Wta.in(directory).succeed("filters", "--run", "run", "--out", "run/filters.png", "--quiet");
    assertThat(directory.resolve("run/filters.png")).isNotEmptyFile();
    Files.delete(link);
    Files.delete(real);
    Files.delete(directory.resolve("run/filters.png"));
  }

  /** A file where the folder of probes would be: neither can be kept there, whoever one is. */
  @Test
  void aProbeIsPrintedWhereItCannotBeKept() throws IOException {
    Path run = directory.resolve("unkept");
    Wta wta = Wta.in(directory);
    wta.succeed(
        "train --model fc-wta --data train.arrow --out unkept --set hidden=4 --set epochs=1 --quiet"
            .split(" "));
    Files.writeString(run.resolve("probes"), "in the way");
    Wta.Result result =
        wta.run(
            "probe --run unkept --train train.arrow --test train.arrow --c 1 --json --quiet"
                .split(" "));
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.out()).contains("\"testError\"");
    assertThat(result.err())
        .startsWith("wta: cannot write")
        .contains("probes")
        .containsOnlyOnce("\n");
  }
}
