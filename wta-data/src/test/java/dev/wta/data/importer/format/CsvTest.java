package dev.wta.data.importer.format;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportStage;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  private static final Csv.Columns PLAIN = Csv.Columns.DEFAULTS;

  @TempDir Path folder;
  private Path source;
  private Path out;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void names() {
    source = folder.resolve("source.csv");
    out = folder.resolve("data.arrow");
  }

  private static Csv.Columns labelled(String column) {
    return new Csv.Columns(',', Optional.empty(), Optional.of(column));
  }

  private static Csv.Columns header(boolean there) {
    return new Csv.Columns(',', Optional.of(there), Optional.empty());
  }

  private ImportSummary convert(Csv.Columns columns, String text) throws IOException {
    return convert(columns, text.getBytes(UTF_8));
  }

  private ImportSummary convert(Csv.Columns columns, byte[] content) throws IOException {
    Files.write(source, content);
    ImportListener listener =
        new ImportListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        };
    return Csv.convert(source, columns, ImportTarget.to(out).listen(listener));
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

  @Test
  void aLineIsASample() throws IOException {
    assertThat(convert(PLAIN, "1,2.5,-3\n4e2,.5,6.\n"))
        .isEqualTo(new ImportSummary(out, 2, Shape.of(3), ElementType.FLOAT32, false, 0, 0));
    assertThat(values()).containsExactly(1, 2.5f, -3, 400, 0.5f, 6);
    assertThat(notes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2\n3,4",
        "1,2\r\n3,4\r\n",
        "1,2\r3,4\r",
        "1,2\n3,4\n\n\n",
        " 1 ,\t2\n3 , 4\n",
        "\"1\",\"2\"\n3,\"4\"\n",
        "\uFEFF1,2\n3,4\n",
        "a,b\n1,2\n3,4\n",
        "\uFEFFa,b\r\n1,2\r\n3,4\r\n",
        "\"a, or \"\"b\"\"\",\"on two\nlines\"\n1,2\n3,4\n",
        ",b\n1,2\n3,4\n"
      })
  void allWaysToWriteATableAreRead(String text) throws IOException {
    assertThat(convert(PLAIN, text).sample()).isEqualTo(Shape.of(2));
    assertThat(values()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void gzipIsRecognised() throws IOException {
    convert(PLAIN, ImportFiles.gzip("a,b\n1,2\n".getBytes(UTF_8)));
    assertThat(values()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {";", "\t", "|", " "})
  void anotherSeparator(String separator) throws IOException {
    Csv.Columns columns = new Csv.Columns(separator.charAt(0), Optional.empty(), Optional.of("b"));
    convert(columns, "a,b,c\n1,2,3\n4,5,6\n".replace(",", separator));
    assertThat(values()).containsExactly(1, 3, 4, 6);
    assertThat(labels()).containsExactly(2, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1", ".", "-", "+", "\"", "\n", "é"})
  void whatNumbersHaveCannotSeparateColumns(String separator) {
    assertThatThrownBy(
            () -> new Csv.Columns(separator.charAt(0), Optional.empty(), Optional.empty()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("cannot separate columns");
  }

  @ParameterizedTest
  @CsvSource({"y", "2"})
  void labelsAreFoundByNameAndByNumber(String column) throws IOException {
    ImportSummary summary = convert(labelled(column), "x,y,z\n1.5,0,2\n3,7,4\n");
    assertThat(summary.labelled()).isTrue();
    assertThat(summary.classes()).isEqualTo(8);
    assertThat(values()).containsExactly(1.5f, 2, 3, 4);
    assertThat(labels()).containsExactly(0, 7);
  }

  /** A name that is a number is a name where the header has it. */
  @Test
  void aNameComesBeforeANumber() throws IOException {
    Csv.Columns columns = new Csv.Columns(',', Optional.of(true), Optional.of("1"));
    convert(columns, "0,1,2\n1.5,3,2.5\n");
    assertThat(values()).containsExactly(1.5f, 2.5f);
    assertThat(labels()).containsExactly(3);
  }

  @Test
  void whatMayBeMeantOtherwiseIsNoted() throws IOException {
    convert(PLAIN, "0,1,2\n1.5,3,2.5\n");
    assertThat(values()).hasSize(6);
    convert(PLAIN, "pixel,Label\n1,2\n");
    assertThat(notes)
        .satisfiesExactly(
            note -> assertThat(note).contains("0, 1, 2").contains("--header"),
            note -> assertThat(note).contains("'Label'").contains("--label Label"));
  }

  /** As Java reads them, which is correct; also where the fast path ends. */
  @Test
  void numbersAreTheNearestFloats() throws IOException {
    Random random = new Random(1);
    List<String> numbers =
        new ArrayList<>(
            List.of(
                "0",
                "-0",
                "+1",
                "16777217",
                "16777216",
                "9999999",
                "1e-46",
                "1.4e-45",
                "3.4028235e38",
                "-3.4028235E+38",
                "0.1",
                "0.00000000001",
                "0.0000000001",
                "00000000000001",
                "123456789012345678901234567890",
                "1.00000000000000000000001",
                "8388608.5",
                "8388609.5",
                "1.17549435E-38",
                "4294967296",
                "0.3333333"));
    for (int i = 0; i < 2000; i++) {
      numbers.add(Float.toString(Float.intBitsToFloat(random.nextInt())));
      numbers.add("%.3f".formatted(random.nextGaussian()));
      numbers.add(random.nextInt(20_000_000) + "." + random.nextInt(1000));
    }
    numbers.removeIf(number -> !Float.isFinite(Float.parseFloat(number)));
    convert(PLAIN, String.join("\n", numbers));
    float[] expected = new float[numbers.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.parseFloat(numbers.get(i));
    }
    assertThat(values()).hasSizeGreaterThan(5000).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "1,2/3,x => line 2, column 2 is 'x', which is no number",
        "1,2/3, => line 2, column 2 is empty",
        "1,2/3,nan => line 2, column 2 is nan",
        "NaN,2/3,4 => line 1, column 1 is NaN",
        "1,2/-inf,4 => line 2, column 1 is -inf",
        "1,2/3,4e38 => line 2, column 2 is 4e38, which is too large for float32",
        "1,2/3,1f => line 2, column 2 is '1f', which is no number",
        "1,2/3,0x1p3 => line 2, column 2 is '0x1p3', which is no number",
        "1,2/3,1e => line 2, column 2 is '1e', which is no number",
        "1,2/3,1e+ => line 2, column 2 is '1e+', which is no number",
        "1,2/3,1.2.3 => line 2, column 2 is '1.2.3', which is no number",
        "1,2/3,. => line 2, column 2 is '.', which is no number",
        "1,2/3,- => line 2, column 2 is '-', which is no number",
        "1,2/3,1 2 => line 2, column 2 is '1 2', which is no number",
        "a;b/1;2 => line 2, column 1 is '1;2', which is no number; give the character",
        "1,2/3,4,5 => line 2 has 3 columns, and the first line has 2",
        "1,2/3 => line 2 has 1 column, and the first line has 2",
        "1,2/3,4, => line 2 has 3 columns",
        "1,2//3,4 => line 2 is empty",
        "/1,2 => line 1 is empty",
        ",/1,2 => line 1, column 1 is empty",
        "id,1,2/1,2,3 => line 1, column 1 is 'id', and the line has numbers, too",
        "a,b => no line but its header",
        "1,2/3,\"4 => line 2, column 2 has a quote that is not closed",
        "1,2/\"3\"x,4 => line 2, column 1 has text after its closing quote",
        "{} => is not CSV but a JSON document",
      })
  void whatIsWrongIsSaidWithItsPlace(String lines, String message) throws IOException {
    Files.writeString(source, lines.replace("/", "\n"));
    assertRefused(folder, () -> Csv.convert(source, PLAIN, ImportTarget.to(out)), message);
  }

  private void refuse(Csv.Columns columns, byte[] content, String... telling) throws IOException {
    Files.write(source, content);
    assertRefused(folder, () -> Csv.convert(source, columns, ImportTarget.to(out)), telling);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "y => x,y/1,-1 => line 2, column 2 is '-1', and labels are whole numbers",
        "y => x,y/1,1.0 => line 2, column 2 is '1.0'",
        "y => x,y/1,2147483647 => line 2, column 2 is '2147483647'",
        "y => x,y/1, => line 2, column 2 is ''",
        "knid => width,kind/1,2 => has no column 'knid'; did you mean 'kind'?",
        "3 => x,y/1,2 => has no column '3'; give a name of the header or a number from 1 to 2",
        "0 => x,y/1,2 => has no column '0'",
        "y => 1,2/1,2 => has no column 'y', and no header; give a number from 1 to 2",
        "y => y,x,y/1,2,3 => has more than one column 'y'",
        "y => y/1 => has no column but that of the labels",
      })
  void labelsThatAreNoneAreRefused(String column, String lines, String message) throws IOException {
    refuse(labelled(column), lines.replace("/", "\n").getBytes(UTF_8), "source.csv", message);
  }

  @Test
  void whatIsNoTableIsRefused() throws Exception {
    assertRefused(folder, () -> Csv.convert(source, PLAIN, ImportTarget.to(out)), "does not exist");
    assertRefused(folder, () -> Csv.convert(folder, PLAIN, ImportTarget.to(out)), "is a folder");
    refuse(PLAIN, new byte[0], "source.csv is empty");
    refuse(PLAIN, "\uFEFF".getBytes(UTF_8), "source.csv is empty");
    refuse(PLAIN, "\uFEFF1,2\n".getBytes(UTF_16LE), "is text in UTF-16", "UTF-8");
    refuse(PLAIN, "\u0093NUMPY\1\0".getBytes(ISO_8859_1), "is not CSV but a NumPy array");
    refuse(PLAIN, new byte[100_000], "is not CSV: it is not text");
    refuse(PLAIN, "1".repeat(100_000).getBytes(UTF_8), "column 1 has more than 65,536 characters");
    byte[] gzip = ImportFiles.gzip("1,2\n".repeat(1000).getBytes(UTF_8));
    refuse(PLAIN, Arrays.copyOf(gzip, gzip.length - 4), "source.csv");
    gzip[gzip.length - 5] ^= 1;
    refuse(PLAIN, gzip, "source.csv is damaged");
    assertRefused(
        folder, () -> Csv.convert(source, PLAIN, ImportTarget.to(source)), "its own source");
  }

  @Test
  void aPipeIsRefusedSinceItCannotBeReadTwice() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", source.toString()).start().waitFor()).isZero();
    assertRefused(
        folder, () -> Csv.convert(source, PLAIN, ImportTarget.to(out)), "is no regular file");
  }

  @Test
  void whatTheHeaderIsIsUpToTheUser() throws IOException {
    convert(header(true), "0,1\n2,3\n");
    assertThat(values()).containsExactly(2, 3);
    convert(header(false), "0,1\n2,3\n");
    assertThat(values()).containsExactly(0, 1, 2, 3);
    refuse(header(false), "a,b\n2,3\n".getBytes(UTF_8), "line 1, column 1 is 'a'");
    refuse(header(true), "0,1\n".getBytes(UTF_8), "no line but its header");
  }

  /** More than the buffer, in several chunks of samples, with lines that end anywhere in it. */
  @Test
  void aLargeTableIsReadInPieces() throws IOException {
    int rows = 30_000;
    int columns = 101;
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        text.append(row % 1000 + column).append(column == columns - 1 ? "\r\n" : ",");
      }
    }
    Files.writeString(source, text);
    List<ImportStage> stages = new ArrayList<>();
    ImportListener listener =
        new ImportListener() {
          @Override
          public void progressed(ImportStage stage, long done, long total) {
            assertThat(done).isBetween(0L, total);
            if (!stages.contains(stage)) {
              stages.add(stage);
            }
          }
        };
    Csv.convert(source, PLAIN, ImportTarget.to(out).limit(rows / 3).listen(listener));
    assertThat(stages).containsExactly(ImportStage.COUNTING, ImportStage.IMPORTING);
    float[] values = values();
    assertThat(values).hasSize(rows / 3 * columns);
    for (int sample = 0; sample < rows / 3; sample++) {
      for (int column = 0; column < columns; column++) {
        assertThat(values[sample * columns + column]).isEqualTo(3 * sample % 1000 + column);
      }
    }
  }

  /** Between the two readings, in which the first progress of the second is too late to refuse. */
  @ParameterizedTest
  @ValueSource(strings = {"1,2\n", "1,2\n3,4\n5,6\n"})
  void aFileThatChangesMeanwhileIsRefused(String changed) throws IOException {
    Files.writeString(source, "1,2\n3,4\n");
    List<Path> before = ImportFiles.files(folder);
    ImportListener changing =
        new ImportListener() {
          @Override
          public void progressed(ImportStage stage, long done, long total) {
            if (stage == ImportStage.COUNTING) {
              write(changed);
            }
          }
        };
    assertThatThrownBy(() -> Csv.convert(source, PLAIN, ImportTarget.to(out).listen(changing)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("source.csv changed while it was read");
    assertThat(ImportFiles.files(folder)).isEqualTo(before);
  }

  private void write(String text) {
    try {
      Files.writeString(source, text);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
