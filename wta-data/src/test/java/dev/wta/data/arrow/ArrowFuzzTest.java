package dev.wta.data.arrow;

import static dev.wta.data.arrow.ForeignArrow.LIST;
import static dev.wta.data.arrow.ForeignArrow.UINT8;
import static dev.wta.data.arrow.ForeignArrow.field;
import static dev.wta.data.arrow.ForeignArrow.nested;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ForeignArrow.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a file holds, it is read or refused: nothing else is thrown, and nothing hangs. */
@Timeout(120)
class ArrowFuzzTest {
  @TempDir Path folder;

  private int read;
  private int refused;

  private byte[] ownFile() throws IOException {
    Path path = folder.resolve("own.arrow");
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(path, Shape.of(1, 2, 2), ElementType.UINT8, true)) {
      byte[] values = new byte[40];
      Arrays.fill(values, (byte) 7);
      writer.append(values, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10);
      writer.commit();
    }
    return Files.readAllBytes(path);
  }

  private byte[] foreign(Format format) throws IOException {
    Path path = folder.resolve("foreign.arrow");
    ForeignArrow.write(
        path,
        format,
        new Schema(List.of(nested("image", UINT8, LIST, LIST), field("label", ForeignArrow.INT64))),
        new int[] {4, 3},
        (root, first) -> {
          ForeignArrow.fillCounting(
              root.getVector(0), root.getRowCount(), new int[] {2, 2}, first * 4);
          BigIntVector labels = (BigIntVector) root.getVector(1);
          for (int i = 0; i < root.getRowCount(); i++) {
            labels.setSafe(i, i);
          }
        });
    return Files.readAllBytes(path);
  }

  /** Opens and reads everything; any exception but the one for users fails the test. */
  private void readOrRefuse(byte[] bytes) throws IOException {
    Path path = folder.resolve("fuzz.arrow");
    // A new file: file systems flush one that is written over, which takes 20 times as long.
    Files.deleteIfExists(path);
    Files.write(path, bytes);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.size()).isPositive();
      int width = Math.toIntExact(data.sampleShape().size());
      float[] row = new float[width];
      for (int i = 0; i < data.size(); i++) {
        data.read(i, 1, row, 0);
      }
      if (data.labelled()) {
        assertThat(data.labels()).hasSize(data.size());
      }
      read++;
    } catch (WtaException explained) {
      assertThat(explained.problem()).contains("fuzz.arrow");
      refused++;
    }
  }

  private void truncateEverywhere(byte[] whole) throws IOException {
    for (int length = 0; length < whole.length; length++) {
      readOrRefuse(Arrays.copyOf(whole, length));
    }
  }

  private void flipEverywhere(byte[] whole) throws IOException {
    int[] patterns = {0xFF, 0x01, 0x80};
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) patterns[at % patterns.length];
      readOrRefuse(damaged);
    }
  }

  private void scramble(byte[] whole) throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j <= random.nextInt(8); j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      readOrRefuse(damaged);
    }
  }

  @Test
  void ownFiles() throws IOException {
    byte[] whole = ownFile();
    truncateEverywhere(whole);
    assertThat(read).isZero();
    flipEverywhere(whole);
    scramble(whole);
    assertThat(refused).isGreaterThan(whole.length);
    assertThat(read).isGreaterThan(300);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void filesOfOthers(Format format) throws IOException {
    byte[] whole = foreign(format);
    truncateEverywhere(whole);
    flipEverywhere(whole);
    scramble(whole);
    assertThat(refused).isGreaterThan(whole.length);
    assertThat(read).isGreaterThan(300);
  }
}
