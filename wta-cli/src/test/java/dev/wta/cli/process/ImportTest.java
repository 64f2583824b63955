package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta import} of the formats other than IDX, which {@link TinyData} uses all along. */
class ImportTest {
  private static final int RECORD = 3073;

  @TempDir static Path directory;

  @BeforeAll
  static void makeSources() throws IOException {
    byte[] records = new byte[4 * RECORD];
    records[RECORD] = 7;
    Files.write(directory.resolve("batch.bin"), records);
    records[2 * RECORD] = 77;
    Files.write(directory.resolve("bad.bin"), records);
    Files.write(directory.resolve("cifar100.bin"), new byte[3074]);
    writeNpy("images.npy", "|u1", "6, 4, 5", 120);
    writeNpy("labels.npy", "|u1", "6,", 6);
    writeNpy("large.npy", "|u1", "4000000000, 4, 5", 120);
    for (String name : List.of("cat/1", "cat/2", "dog/1")) {
      Path file = directory.resolve("pictures").resolve(name + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    }
    Files.createDirectories(directory.resolve("damaged/cat"));
    Files.copy(directory.resolve("pictures/cat/1.png"), directory.resolve("damaged/cat/good.png"));
    Files.writeString(directory.resolve("damaged/cat/broken.png"), "no picture");
    Files.writeString(
        directory.resolve("named.csv"), "width,kind,height\n1.5,0,2\n-3,4,1e2\n0,1,.5\n");
    Files.writeString(directory.resolve("plain.tsv"), "1\t2\n3\t4\n");
    Files.writeString(directory.resolve("bad.csv"), "a,b\n1,2\n3,four\n");
    Files.writeString(directory.resolve("ragged.csv"), "1,2\n3\n");
    Files.writeString(directory.resolve("nan.csv"), "1,2\n3,NaN\n");
    Files.writeString(directory.resolve("empty.csv"), "");
    Files.writeString(directory.resolve("mixed.csv"), "label,0,1\n3,4,5\n");
    Files.writeString(directory.resolve("text.txt"), "this is no data set, whatever it says");
  }

  private static void writeNpy(String name, String type, String shape, int bytes)
      throws IOException {
    byte[] header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n"
            .formatted(type, shape)
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = ByteBuffer.allocate(10 + header.length + bytes);
    file.order(ByteOrder.LITTLE_ENDIAN)
        .put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1))
        .putShort((short) header.length)
        .put(header);
    Files.write(directory.resolve(name), file.array());
  }

  private static Wta.Result succeed(String line) {
    return Wta.in(directory).succeed(line.split(" "));
  }

  @Test
  void cifar10() {
    assertThat(succeed("import cifar10 batch.bin --out cifar.arrow").out())
        .isEqualTo("cifar.arrow: 4 samples of 3x32x32, uint8, 8 classes\n");
  }

  @Test
  void aPart() {
    assertThat(succeed("import cifar10 batch.bin --limit 2 --out part.arrow").out())
        .isEqualTo("part.arrow: 2 samples of 3x32x32, uint8, 1 class\n");
  }

  @Test
  void svhn() throws IOException {
    Path fixture = Path.of("../wta-data/src/test/resources/dev/wta/data/importer/format/svhn.mat");
    Files.copy(fixture, directory.resolve("svhn.mat"));
    assertThat(succeed("import svhn svhn.mat --out svhn.arrow").out())
        .isEqualTo("svhn.arrow: 5 samples of 3x32x32, uint8, 10 classes\n");
  }

  @Test
  void npy() {
    assertThat(succeed("import npy images.npy --labels labels.npy --out npy.arrow").out())
        .isEqualTo("npy.arrow: 6 samples of 1x4x5, uint8, 1 class\n");
  }

  @Test
  void csv() {
    assertThat(succeed("import csv named.csv --label kind --out named.arrow").out())
        .isEqualTo("named.arrow: 3 samples of 2, float32, 5 classes\n");
    assertThat(succeed("import csv plain.tsv --separator tab --out plain.arrow").out())
        .isEqualTo("plain.arrow: 2 samples of 2, float32, no labels\n");
    assertThat(succeed("import csv mixed.csv --header --label label --out mixed.arrow").out())
        .isEqualTo("mixed.arrow: 1 sample of 2, float32, 4 classes\n");
  }

  @Test
  void aModelIsTrainedOnCsv() {
    succeed("import csv named.csv --label 2 --out iris.arrow");
    succeed(
        "train --model topk --data iris.arrow --out run --set hidden=4 --set k=1 --set epochs=1");
    assertThat(succeed("info run").out()).contains("iris.arrow");
  }

  @Test
  void picturesAsOneJsonDocument() throws IOException {
    Wta.Result result =
        succeed("import folder pictures --crop 4x4 --grey --out folder.arrow --json");
    assertThat(result.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.get("samples").asInt()).isEqualTo(3);
    assertThat(json.get("shape").toString()).isEqualTo("[1,4,4]");
    assertThat(json.get("classes").asInt()).isEqualTo(2);
    assertThat(json.get("unreadable").asInt()).isZero();
  }

  @Test
  void picturesThatAreLeftOutAreNamed() {
    Wta.Result result = succeed("import folder damaged --max-bad 1 --out some.arrow");
    assertThat(result.err())
        .isEqualTo("left out cat/broken.png: it is neither PNG, JPEG nor PNM\n");
    assertThat(result.out())
        .isEqualTo("some.arrow: 1 sample of 3x7x9, uint8, 1 class; 1 unreadable left out\n");
  }

  private static final String CASES =
      """
      import cifar10 bad.bin --out x.arrow | record 2 has the label 77
      import cifar10 cifar100.bin --out x.arrow | as CIFAR-100 has them
      import cifar10 batch.bin --part test --out x.arrow | no parts to choose from
      import cifar10 --out x.arrow | 'SOURCE'
      import cifar10 batch.bin --limit 0 --out x.arrow | --limit is 0
      import svhn text.txt --out x.arrow | text.txt is not a MATLAB file
      import npy text.txt --out x.arrow | text.txt is not a NumPy file
      import npy large.npy --out x.arrow | large.npy has the shape
      import csv bad.csv --out x.arrow | bad.csv, line 3, column 2 is 'four', which is no number
      import csv bad.csv --no-header --out x.arrow | bad.csv, line 1, column 1 is 'a'
      import csv ragged.csv --out x.arrow | ragged.csv, line 2 has 1 column, and the first line has 2
      import csv nan.csv --out x.arrow | nan.csv, line 2, column 2 is NaN
      import csv empty.csv --out x.arrow | empty.csv is empty
      import csv none.csv --out x.arrow | none.csv does not exist
      import csv mixed.csv --out x.arrow | mixed.csv, line 1, column 1 is 'label', and the line has numbers, too; give --header
      import csv named.csv --label sort --out x.arrow | named.csv has no column 'sort'
      import csv named.csv --separator ;; --out x.arrow | --separator is ';;', and has to be one character
      import csv named.csv --separator 1 --out x.arrow | '1' cannot separate columns
      import csv batch.bin --out x.arrow | batch.bin is not CSV: it is not text
      import folder damaged --out x.arrow | cat/broken.png in damaged cannot be read
      import folder damaged --max-bad -1 --out x.arrow | --max-bad is -1
      import folder pictures --resize 4 --out x.arrow | '4' is no width and height
      import folder pictures --resize 4x4 --crop 4x4 --out x.arrow | exclude each other
      import folder . --out x.arrow | --under
      import folder pictures --out nowhere/x.arrow | nowhere
      """;

  @Test
  void wrongInputIsAnsweredInOneLine() throws IOException {
    List<Path> before = files();
    for (String example : CASES.lines().toList()) {
      String[] parts = example.split(" +\\| +");
      assertThat(Wta.in(directory).fail(parts[0].split(" "))).contains(parts[1]);
    }
    assertThat(files()).isEqualTo(before);
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }
}
