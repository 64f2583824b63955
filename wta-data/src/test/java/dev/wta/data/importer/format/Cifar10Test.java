package dev.wta.data.importer.format;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Cifar10.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Cifar10Test {
  private static final int RECORD = 3073;

  @TempDir Path folder;
  private Path source;
  private Path out;

  @BeforeEach
  void names() {
    source = folder.resolve("source");
    out = folder.resolve("data.arrow");
  }

  /** Records whose labels count on from one, and whose values tell the plane, row and column. */
  private static byte[] records(int count, int firstLabel) {
    byte[] bytes = new byte[count * RECORD];
    for (int i = 0; i < count; i++) {
      bytes[i * RECORD] = (byte) ((firstLabel + i) % 10);
      for (int value = 0; value < RECORD - 1; value++) {
        bytes[i * RECORD + 1 + value] = pixel(value);
      }
    }
    return bytes;
  }

  private static byte pixel(int value) {
    return (byte) (value / 1024 * 80 + value / 32 % 32 * 2 + value % 32);
  }

  /** As the data set comes: batches in no order, and other files. */
  private static Map<String, byte[]> dataset() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("cifar-10-batches-bin/data_batch_2.bin", records(2, 5));
    files.put("cifar-10-batches-bin/batches.meta.txt", new byte[] {1});
    files.put("cifar-10-batches-bin/test_batch.bin", records(1, 9));
    files.put("cifar-10-batches-bin/data_batch_1.bin", records(3, 0));
    return files;
  }

  private ImportSummary convert() {
    return Cifar10.convert(source, Optional.empty(), ImportTarget.to(out));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileOfRecords(boolean compressed) throws IOException {
    byte[] records = records(2000, 3);
    Files.write(source, compressed ? ImportFiles.gzip(records) : records);
    assertThat(convert())
        .isEqualTo(
            new ImportSummary(out, 2000, Shape.of(3, 32, 32), ElementType.UINT8, true, 10, 0));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).startsWith(3, 4, 5).endsWith(2);
      float[] values = new float[3072];
      data.read(1999, 1, values, 0);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(Byte.toUnsignedInt(pixel(i)));
      }
      assertThat(data.metadata())
          .containsEntry("wta.import", "cifar10")
          .containsEntry("wta.source", "source")
          .doesNotContainKey("wta.part")
          .hasEntrySatisfying(
              "wta.classes", names -> assertThat(names).contains("[\"airplane\",\"automobile\""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "tar", "tar.gz", "zip"})
  void theDataSetAsItComes(String form) throws IOException {
    switch (form) {
      case "folder" -> ImportFiles.folder(source, dataset());
      case "tar" -> Files.write(source, ImportFiles.tar(dataset()));
      case "tar.gz" -> Files.write(source, ImportFiles.gzip(ImportFiles.tar(dataset())));
      default -> Files.write(source, ImportFiles.zip(dataset()));
    }
    convert();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 1, 2, 5, 6);
      assertThat(data.metadata()).containsEntry("wta.part", "train");
    }
    Cifar10.convert(source, Optional.of(Part.TEST), ImportTarget.to(out));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(9);
    }
    assertThat(ImportFiles.list(folder)).containsExactly(out, source);
  }

  @Test
  void labelsOutOfRange() throws IOException {
    byte[] records = records(5, 0);
    records[3 * RECORD] = 10;
    Files.write(source, records);
    assertRefused(folder, this::convert, source + " is damaged", "record 3 has the label 10");
  }

  @Test
  void cifar100() throws IOException {
    Files.write(source, new byte[2 * 3074]);
    assertRefused(folder, this::convert, source.toString(), "as CIFAR-100 has them");
  }

  @Test
  void filesOfOtherSizes() throws IOException {
    Files.write(source, Arrays.copyOf(records(5, 0), 5 * RECORD - 1));
    assertRefused(folder, this::convert, source + " has 15364 bytes", "3073 of a record");
    Files.write(source, new byte[0]);
    assertRefused(folder, this::convert, source + " has 0 bytes");
    Map<String, byte[]> files = dataset();
    files.put("cifar-10-batches-bin/data_batch_1.bin", new byte[100]);
    Files.write(source, ImportFiles.zip(files));
    assertRefused(folder, this::convert, "data_batch_1.bin in " + source, "100 bytes");
  }

  @Test
  void damagedArchives() throws IOException {
    byte[] whole = ImportFiles.gzip(ImportFiles.tar(dataset()));
    Files.write(source, Arrays.copyOf(whole, whole.length / 2));
    assertRefused(folder, this::convert, source + " is cut short");
    byte[] zip = ImportFiles.zip(dataset());
    Files.write(source, Arrays.copyOf(zip, zip.length / 2));
    assertRefused(folder, this::convert, source + " is damaged");
  }

  @Test
  void otherSources() throws IOException {
    assertRefused(folder, this::convert, source + " does not exist");
    Files.write(source, ImportFiles.zip(Map.of("cifar-10-batches-py/data_batch_1", new byte[9])));
    assertRefused(folder, this::convert, "holds no data_batch_1.bin", "binary version");
    Files.delete(source);
    Files.createDirectory(source);
    assertRefused(folder, this::convert, "holds no data_batch_1.bin", "binary version");
  }

  @Test
  void aFileHasNoParts() throws IOException {
    Files.write(source, records(1, 0));
    assertRefused(
        folder,
        () -> Cifar10.convert(source, Optional.of(Part.TEST), ImportTarget.to(out)),
        "no parts",
        "leave out --part");
  }

  @Test
  void itsOwnSource() throws IOException {
    Files.write(source, records(1, 0));
    out = source;
    assertRefused(folder, this::convert, "write over its own source");
  }
}
