package dev.wta.data.importer.format;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that NumPy wrote ({@code make.py} beside them says how) and files of this test's. */
class NpyTest {
  @TempDir Path folder;
  private Path source;
  private Path labels;
  private Path out;

  @BeforeEach
  void names() {
    source = folder.resolve("source.npy");
    labels = folder.resolve("labels.npy");
    out = folder.resolve("data.arrow");
  }

  private static Path fixture(String name) throws URISyntaxException {
    return Path.of(NpyTest.class.getResource(name).toURI());
  }

  private ImportSummary convert() {
    return convert(false);
  }

  private ImportSummary convert(boolean channelsLast) {
    return Npy.convert(
        source,
        Files.exists(labels) ? Optional.of(labels) : Optional.empty(),
        channelsLast,
        ImportTarget.to(out));
  }

  /** A file of a version with a type, a shape and bytes. */
  private static byte[] npy(int version, String type, String shape, byte... values) {
    byte[] header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n"
            .formatted(type, shape)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(12 + header.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) header.length);
    } else {
      file.putInt(header.length);
    }
    file.put(header).put(values);
    return Arrays.copyOf(file.array(), file.position());
  }

  private static byte[] counting(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private float[] values() {
    try (ArrowDataset data = ArrowDataset.open(out)) {
      return ImportFiles.values(data);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "uint8.npy, 1, UINT8",
    "fortran-float64.npy, 0.5, FLOAT32",
    "big-endian-float32.npy, 0.5, FLOAT32"
  })
  void filesOfNumPy(String name, float step, ElementType type) throws Exception {
    source = fixture(name);
    labels = fixture("labels-int64.npy");
    assertThat(convert()).isEqualTo(new ImportSummary(out, 2, Shape.of(3, 4, 5), type, true, 4, 0));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(3, 0);
      assertThat(data.elementType()).isEqualTo(type);
      assertThat(data.metadata())
          .containsEntry("wta.import", "npy")
          .containsEntry("wta.source", name)
          .containsEntry("wta.labels", "labels-int64.npy");
    }
    float[] values = values();
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(i * step);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"uint8.npy", "fortran-float64.npy"})
  void channelsLast(String name) throws Exception {
    source = fixture(name);
    assertThat(convert(true).sample()).isEqualTo(Shape.of(5, 3, 4));
    List<Float> expected = new ArrayList<>();
    for (int sample = 0; sample < 2; sample++) {
      for (int channel = 0; channel < 5; channel++) {
        for (int pixel = 0; pixel < 12; pixel++) {
          expected.add((sample * 60 + pixel * 5 + channel) / (name.startsWith("u") ? 1f : 2f));
        }
      }
    }
    assertThat(values()).containsExactly(expected.toArray(new Float[0]));
  }

  @Test
  void compressed() throws Exception {
    Files.write(source, ImportFiles.gzip(Files.readAllBytes(fixture("fortran-float64.npy"))));
    convert();
    assertThat(values()[119]).isEqualTo(59.5f);
    assertThat(ImportFiles.files(folder)).containsExactly(folder, out, source);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void versions(int version) throws IOException {
    Files.write(source, npy(version, "|u1", "2, 3", counting(6)));
    convert();
    assertThat(values()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @ParameterizedTest
  @CsvSource({"'6, 12', 12", "'6, 2, 6', 1x2x6", "'6, 3, 2, 2', 3x2x2", "'72, 1', 1"})
  void axesBecomeTheSampleShape(String extents, String shape) throws IOException {
    Files.write(source, npy(1, "|u1", extents, counting(72)));
    assertThat(convert().sample()).hasToString(shape);
  }

  @Test
  void manySamples() throws IOException {
    Files.write(source, npy(1, "|u1", "9000, 28, 28", counting(9000 * 784)));
    convert();
    float[] values = values();
    for (int i = 0; i < values.length; i += 97) {
      assertThat(values[i]).isEqualTo(i % 256);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "|b1, '0,1', '0,1'",
    "|i1, '0,127', '0,127'",
    "<i2, '255,0,1,0', '255,1'",
    ">u2, '0,255,0,1', '255,1'",
    "<i4, '7,0,0,0,9,0,0,0', '7,9'",
    ">i8, '0,0,0,0,0,0,0,8,0,0,0,0,0,0,0,255', '8,255'",
    "<f2, '0,60,0,192', '1,-2'"
  })
  void types(String type, String bytes, String expected) throws IOException {
    String[] numbers = bytes.split(",");
    byte[] values = new byte[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Integer.parseInt(numbers[i]);
    }
    Files.write(source, npy(1, type, "2, 1", values));
    convert();
    String[] floats = expected.split(",");
    assertThat(values()).containsExactly(Float.parseFloat(floats[0]), Float.parseFloat(floats[1]));
  }

  @Test
  void wholeNumbersBeyondBytes() throws IOException {
    Files.write(source, npy(1, "|i1", "2, 2", (byte) 1, (byte) 2, (byte) -3, (byte) 4));
    assertRefused(folder, this::convert, source + " holds -3", "astype('float32')");
    Files.write(source, npy(1, "<u2", "1, 1", (byte) 0, (byte) 1));
    assertRefused(folder, this::convert, source + " holds 256");
  }

  @ParameterizedTest
  @CsvSource({
    "<c8, '1, 1', \"values of type '<c8'\"",
    "<U3, '1, 1', \"values of type '<U3'\"",
    "|u1, '8,', '8 numbers, as labels do'",
    "|u1, '', '0 axes'",
    "|u1, '1, 2, 2, 2, 1', '5 axes'",
    "|u1, '0, 8', 'shape (0, 8)'",
    "|u1, '8, 0', 'shape (8, 0)'",
    "|u1, '1, 99999999999', 'shape (1, 99999999999)'",
    "|u1, '1, 65536, 65536', 'shape (1, 65536, 65536)'",
    "|u1, '2147483647, 16384, 16384', 'cut short'",
    "|u1, '3, 3', 'cut short'",
    "|u1, '7, 1', 'damaged'"
  })
  void arraysThatCannotBe(String type, String shape, String problem) throws IOException {
    byte[] file = npy(1, type, shape, counting(8));
    Files.write(source, file);
    assertRefused(folder, this::convert, source.toString(), problem.replace("\"", ""));
    Files.write(source, ImportFiles.gzip(file));
    assertRefused(folder, this::convert, source.toString(), problem.replace("\"", ""));
  }

  @Test
  void otherFiles() throws IOException {
    assertRefused(folder, this::convert, source + " does not exist");
    Files.writeString(source, "text, and no array");
    assertRefused(folder, this::convert, source + " is not a NumPy file");
    Files.write(source, npy(4, "|u1", "1, 1", (byte) 1));
    assertRefused(folder, this::convert, source.toString(), "format 4.0");
    byte[] records = npy(1, "|u1", "1, 1", (byte) 1);
    Files.write(
        source,
        new String(records, StandardCharsets.ISO_8859_1)
            .replace("'|u1'", "[''] ")
            .getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(folder, this::convert, source + " holds records");
  }

  @Test
  void cutShort() throws Exception {
    byte[] whole = Files.readAllBytes(fixture("uint8.npy"));
    for (int length = 0; length < whole.length; length += 3) {
      Files.write(source, Arrays.copyOf(whole, length));
      assertRefused(folder, this::convert, source.toString());
    }
  }

  @Test
  void labelsThatDoNotFit() throws IOException {
    Files.write(source, npy(1, "|u1", "2, 2", counting(4)));
    Files.write(labels, npy(1, "|u1", "3,", counting(3)));
    assertRefused(folder, this::convert, labels + " has 3 labels", "has 2 samples");
    Files.write(labels, npy(1, "<f4", "2,", counting(8)));
    assertRefused(folder, this::convert, labels.toString(), "FLOAT32", "not labels");
    Files.write(labels, npy(1, "|u1", "2, 2", counting(4)));
    assertRefused(folder, this::convert, labels.toString(), "2x2, and not labels");
    Files.write(labels, npy(1, "|i1", "2,", (byte) 0, (byte) -1));
    assertRefused(folder, this::convert, "label 1 of " + labels + " is -1");
    Files.write(labels, npy(1, "|u1", "2, 1", (byte) 4, (byte) 5));
    assertThat(convert().classes()).isEqualTo(6);
  }

  @Test
  void channelsLastWithoutChannels() throws IOException {
    Files.write(source, npy(1, "|u1", "2, 2, 2", counting(8)));
    assertRefused(folder, () -> convert(true), source.toString(), "leave out --channels-last");
  }

  @Test
  void whatLooksLikeChannelsLastIsNoted() throws IOException {
    Files.write(source, npy(1, "|u1", "1, 8, 8, 3", counting(192)));
    List<String> notes = new ArrayList<>();
    ImportListener listener =
        new ImportListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        };
    Npy.convert(source, Optional.empty(), false, ImportTarget.to(out).listen(listener));
    assertThat(notes).singleElement().asString().contains("--channels-last");
    Npy.convert(source, Optional.empty(), true, ImportTarget.to(out).listen(listener));
    assertThat(notes).hasSize(1);
  }
}
