package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.MemoryDataset;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrowDatasetWriterTest {
  @TempDir Path folder;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static float[] read(Dataset data) {
    float[] values = new float[data.size() * Math.toIntExact(data.sampleShape().size())];
    data.read(0, data.size(), values, 0);
    return values;
  }

  @Test
  void bytesAndLabelsComeBack() throws IOException {
    Path path = folder.resolve("bytes.arrow");
    byte[] values = new byte[10_000 * 6];
    int[] labels = new int[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i * 7);
      labels[i / 6] = i / 6 % 1000;
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            path, Shape.of(1, 2, 3), ElementType.UINT8, true, Map.of("wta.import", "test"))) {
      // In pieces that do not fit the record batches.
      for (int from = 0; from < 10_000; from += 3333) {
        int to = Math.min(10_000, from + 3333);
        writer.append(
            Arrays.copyOfRange(values, from * 6, to * 6),
            Arrays.copyOfRange(labels, from, to),
            to - from);
      }
      assertThat(path).doesNotExist();
      writer.commit();
    }
    assertThat(files()).containsExactly("bytes.arrow");
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.size()).isEqualTo(10_000);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 2, 3));
      assertThat(data.elementType()).isEqualTo(ElementType.UINT8);
      assertThat(data.labels()).isEqualTo(labels);
      assertThat(data.metadata())
          .containsEntry("wta.import", "test")
          .containsEntry("wta.version", WtaVersion.current());
      assertThat(data.digest())
          .isEqualTo(MemoryDataset.of("same", Shape.of(1, 2, 3), values, labels).digest());
    }
  }

  @Test
  void floatsComeBackBitForBit() {
    Path path = folder.resolve("floats.arrow");
    float[] values = new float[5000 * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    values[0] = -0.0f;
    values[1] = Float.MIN_VALUE;
    values[2] = Float.NaN;
    values[3] = Float.NEGATIVE_INFINITY;
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(2), ElementType.FLOAT32, false)) {
      writer.append(values, null, 5000);
      writer.commit();
    }
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.labelled()).isFalse();
      assertThat(read(data)).isEqualTo(values);
    }
  }

  @Test
  void arrowsOwnReaderReadsIt() throws IOException {
    Path path = folder.resolve("data.arrow");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(1, 2, 2), ElementType.UINT8, true)) {
      writer.append(new byte[5000 * 4], new int[5000], 5000);
      writer.commit();
    }
    try (RootAllocator allocator = new RootAllocator();
        SeekableByteChannel channel = FileChannel.open(path);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      Field image = reader.getVectorSchemaRoot().getSchema().findField("image");
      assertThat(image.getMetadata())
          .containsEntry("ARROW:extension:name", "arrow.fixed_shape_tensor")
          .containsEntry("ARROW:extension:metadata", "{\"shape\":[1,2,2]}");
      assertThat(reader.getRecordBlocks()).hasSize(2);
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(4096);
      assertThat(reader.getVectorSchemaRoot().getVector("image").getNullCount()).isZero();
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(904);
    }
  }

  @Test
  void withoutCommitTheOldFileStaysAndNothingElse() throws IOException {
    Path path = folder.resolve("data.arrow");
    Files.writeString(path, "old");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(2), ElementType.FLOAT32, false)) {
      writer.append(new float[20_000], null, 10_000);
      assertThat(files()).hasSize(2);
    }
    assertThat(files()).containsExactly("data.arrow");
    assertThat(path).hasContent("old");
  }

  @Test
  void aFailingDiskLeavesTheOldFileAndNoMemory() throws IOException {
    Path path = folder.resolve("data.arrow");
    Files.writeString(path, "old");
    // close() throws if the allocator still holds a byte.
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(2), ElementType.FLOAT32, false)) {
      writer.append(new float[20], null, 10);
      writer.channel().close();
      assertThatThrownBy(() -> writer.append(new float[20_000], null, 10_000))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("data.arrow cannot be written");
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("failed before");
    }
    assertThat(files()).containsExactly("data.arrow");
    assertThat(path).hasContent("old");
  }

  @Test
  void anEmptyDataSetIsNotWritten() throws IOException {
    Path path = folder.resolve("data.arrow");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(2), ElementType.FLOAT32, false)) {
      assertThatThrownBy(writer::commit)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no samples to write");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() {
    Path missing = folder.resolve("no/data.arrow");
    assertThatThrownBy(
            () -> ArrowDatasetWriter.create(missing, Shape.of(2), ElementType.UINT8, false))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("there is no folder " + missing.getParent())
        .hasMessageEndingWith("create it first");
    assertThatThrownBy(
            () -> ArrowDatasetWriter.create(folder, Shape.of(2), ElementType.UINT8, false))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void misuseIsRefused() {
    Path path = folder.resolve("data.arrow");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(2), ElementType.UINT8, true)) {
      int[] labels = {1, 2};
      assertThatThrownBy(() -> writer.append(new float[4], labels, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("FLOAT32 values for a file of UINT8");
      assertThatThrownBy(() -> writer.append(new byte[3], labels, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 values for 2 samples of 2");
      assertThatThrownBy(() -> writer.append(new byte[4], null, 2))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.append(new byte[6], labels, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> writer.append(new byte[4], new int[] {1, -1}, 2))
          .isInstanceOf(IllegalArgumentException.class);
      writer.append(new byte[4], labels, 2);
      writer.commit();
      assertThatThrownBy(() -> writer.append(new byte[4], labels, 2))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
    }
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.labels()).containsExactly(1, 2);
    }
    assertThatThrownBy(() -> ArrowDatasetWriter.create(path, Shape.of(0), ElementType.UINT8, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
