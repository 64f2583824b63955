package dev.wta.data.importer;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Cases;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.format.Cifar10;
import dev.wta.data.importer.format.Idx;
import dev.wta.data.importer.format.Npy;
import dev.wta.data.importer.format.Svhn;
import dev.wta.data.importer.image.ImageFiles;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Cases} for importers: each is read right, or refused with words that help. */
class CasesTest {
  @TempDir Path folder;
  private Path out;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void name() {
    out = folder.resolve("data.arrow");
  }

  private ImportTarget target() {
    return ImportTarget.to(out)
        .listen(
            new ImportListener() {
              @Override
              public void note(String line) {
                notes.add(line);
              }
            });
  }

  private void pictures(Path source) {
    ImageFolder.convert(source, ImageOptions.DEFAULT, target());
  }

  private void idx(String images, String labels) {
    Idx.convert(Cases.path(images), Optional.of(Cases.path(labels)), target());
  }

  private float[] values() {
    try (ArrowDataset data = ArrowDataset.open(out)) {
      return ImportFiles.values(data);
    }
  }

  private int[] labels() {
    try (ArrowDataset data = ArrowDataset.open(out)) {
      return data.labels();
    }
  }

  private void assertAll(float[] values, int channel, int expected) {
    for (int i = 0; i < 256; i++) {
      assertThat(values[channel * 256 + i]).isCloseTo(expected, within(6f));
    }
  }

  @Test
  void inksBecomeTheirTwinsColours() {
    pictures(Cases.path("cmyk-and-rgb-twin"));
    float[] values = values();
    for (int picture = 0; picture < 2; picture++) {
      assertAll(values, 3 * picture, 200);
      assertAll(values, 3 * picture + 1, 40);
      assertAll(values, 3 * picture + 2, 90);
    }
    assertThat(notes)
        .containsExactly(
            "1 of 2 images are of inks (CMYK), and were converted to red, green and blue");
  }

  /** The same bytes, declared as YCCK, are decoded as libjpeg and Pillow decode them. */
  @Test
  void inksMayBeStoredAsColoursAre() throws IOException {
    byte[] file = Files.readAllBytes(Cases.path("cmyk-and-rgb-twin/a_cmyk.jpg"));
    int adobe = new String(file, StandardCharsets.ISO_8859_1).indexOf("Adobe");
    file[adobe + 11] = 2;
    Path source = Files.createDirectory(folder.resolve("pictures"));
    Files.write(source.resolve("ycck.jpg"), file);
    pictures(source);
    assertAll(values(), 0, 108);
    assertAll(values(), 1, 0);
    assertAll(values(), 2, 211);
  }

  @Test
  void anEncryptedArchive() throws IOException {
    Path zip = Cases.path("encrypted.zip");
    assertRefused(folder, () -> pictures(zip), zip + " is encrypted: k/0.png", "password");
  }

  @Test
  void anArchivesNamesInAnotherEncoding() throws IOException {
    Path zip = Cases.path("shift-jis-names.zip"); // its one name ends with .pn
    assertRefused(folder, () -> pictures(zip), zip + " holds no images", "1 .pn");
    assertThat(notes).singleElement().asString().contains("another encoding than UTF-8");
    String made =
        new String(
            ImportFiles.zip(Map.of("k/ab.pgm", ImageFiles.plainPgm(3, 2, 7))),
            StandardCharsets.ISO_8859_1);
    Path source =
        Files.write(
            folder.resolve("made.zip"),
            made.replace("k/ab", "k/\u0082\u00a0").getBytes(StandardCharsets.ISO_8859_1));
    pictures(source);
    assertThat(values()).containsExactly(7, 7, 7, 7, 7, 7);
  }

  @Test
  void aWebPageAndAPickleAreNoIdx() throws IOException {
    assertRefused(
        folder,
        () -> idx("html-page-images.gz", "idx-labels"),
        "is not an IDX file but a web page");
    assertRefused(
        folder, () -> idx("mnist.pkl.gz", "idx-labels"), "but a Python pickle", "numpy.save");
  }

  @Test
  void labelsOfSeveralColumns() {
    idx("qmnist-images", "qmnist-labels-int32-10x8");
    assertThat(labels()).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
    assertThat(notes).singleElement().asString().contains("8 numbers a label", "the first");
  }

  @Test
  void fourThousandMillionPictures() throws IOException {
    assertRefused(
        folder,
        () -> idx("idx-4e9-pictures", "idx-4e9-labels"),
        "has the extents [4000000000, 28, 28]");
  }

  @Test
  void doublesThatAreTooLarge() throws IOException {
    assertRefused(
        folder,
        () ->
            Npy.convert(
                Cases.path("float64-1e300.npy"),
                Optional.of(Cases.path("float64-1e300-labels.npy")),
                false,
                target()),
        "row 0, column 0 of",
        "too large for float32",
        "scale the data");
  }

  @Test
  void labelsWithLargeGaps() throws IOException {
    Path samples = folder.resolve("samples.npy");
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (60, 2), }\n";
    byte[] magic =
        "\u0093NUMPY\1\0%c\0%s"
            .formatted((char) header.length(), header)
            .getBytes(StandardCharsets.ISO_8859_1);
    Files.write(samples, Arrays.copyOf(magic, magic.length + 120));
    Npy.convert(samples, Optional.of(Cases.path("labels-0-1-9999.npy")), false, target());
    assertThat(labels()).startsWith(0, 1, 9999);
    assertThat(notes).containsExactly("the labels reach to 9,999, and only 3 classes occur");
  }

  @Test
  void foldersThatAreNumbers() {
    pictures(Cases.path("classes-0-to-11"));
    assertThat(labels()).containsExactly(0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(notes).isEmpty();
  }

  @Test
  void anEmptyFolderIsNoClass() throws IOException {
    Path source = Files.createDirectory(folder.resolve("pictures"));
    for (String name : List.of("a", "b", "c")) {
      Files.createDirectory(source.resolve(name));
    }
    for (String name : List.of("a/0.png", "c/0.png")) {
      Files.copy(Cases.path("empty-class/" + name), source.resolve(name));
    }
    pictures(source);
    assertThat(labels()).containsExactly(0, 1);
    assertThat(notes).singleElement().asString().contains("no class of 'b'");
  }

  /** Orientation 6 is upright once it is turned a quarter clockwise. */
  @Test
  void picturesAreTurnedUpright() throws IOException {
    Path source = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(Cases.path("exif-orientation/a.jpg"), source.resolve("a.jpg"));
    pictures(source);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(3, 12, 8));
      float[] values = ImportFiles.values(data);
      // The stored picture's upper left is the turned one's upper right, and so on.
      int[][] corners = {{7, 143, 99, 96}, {11 * 8 + 7, 36, 70, 10}, {0, 77, 120, 126}};
      for (int[] corner : corners) {
        for (int channel = 0; channel < 3; channel++) {
          assertThat(values[channel * 96 + corner[0]]).isCloseTo(corner[1 + channel], within(12f));
        }
      }
    }
    assertThat(notes).singleElement().asString().contains("1 of 1 images were turned");
  }

  @Test
  void othersThanPicturesAreNamedByTheirEndings() throws IOException {
    assertRefused(folder, () -> pictures(Cases.path("webp-only")), "holds no images", "1 .webp");
  }

  @Test
  void svhnsOtherFormat() throws IOException {
    assertRefused(
        folder,
        () -> Svhn.convert(Cases.path("svhn-digitStruct.mat"), target()),
        "SVHN's format 1",
        "train_32x32.mat");
  }

  @Test
  void aTestBatchAlone() throws IOException {
    Path source = Files.createDirectory(folder.resolve("batches"));
    Files.copy(Cases.path("cifar10-test_batch.bin"), source.resolve("test_batch.bin"));
    assertRefused(
        folder,
        () -> Cifar10.convert(source, Optional.empty(), target()),
        "no data_batch_1.bin, but test_batch.bin",
        "--part test");
  }

  @Test
  void oneTrainingBatchIsNotAll() throws IOException {
    Path source = Files.createDirectory(folder.resolve("batches"));
    Files.copy(Cases.path("cifar10-test_batch.bin"), source.resolve("data_batch_2.bin"));
    Cifar10.convert(source, Optional.empty(), target());
    assertThat(notes).singleElement().asString().contains("holds 1 of the files", "data_batch_2");
    assertThat(Arrays.stream(labels()).count()).isEqualTo(3);
  }
}
