package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.io.Destination;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrowStreamTest {
  private static final int ROWS = 9000; // three record batches

  private static byte[] written(boolean stream) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            Destination.stream("memory", bytes),
            Shape.of(3),
            ElementType.FLOAT32,
            true,
            Map.of(),
            stream)) {
      float[] values = new float[3 * ROWS];
      int[] labels = new int[ROWS];
      for (int i = 0; i < ROWS; i++) {
        Arrays.fill(values, 3 * i, 3 * i + 3, i);
        labels[i] = i % 7;
      }
      writer.append(values, labels, ROWS);
      writer.commit();
    }
    return bytes.toByteArray();
  }

  private static ArrowStream open(byte[] content) {
    return new ArrowStream("the stream", new ByteArrayInputStream(content), ReadOptions.DEFAULTS);
  }

  private static void refused(byte[] content, String message) {
    try (ArrowStream stream = open(content)) {
      assertThatThrownBy(
              () -> {
                while (stream.next().isPresent()) {
                  // to its end
                }
              })
          .isInstanceOf(WtaException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordBatchesArriveInOrder(boolean stream) {
    List<Integer> sizes = new ArrayList<>();
    try (ArrowStream parts = open(written(stream))) {
      int row = 0;
      for (Optional<Dataset> part = parts.next(); part.isPresent(); part = parts.next()) {
        float[] values = new float[3 * part.get().size()];
        part.get().read(0, part.get().size(), values, 0);
        int[] labels = part.get().labels();
        for (int i = 0; i < labels.length; i++, row++) {
          assertThat(values[3 * i + 2]).isEqualTo(row);
          assertThat(labels[i]).isEqualTo(row % 7);
        }
        sizes.add(labels.length);
      }
      assertThat(parts.next()).isEmpty();
    }
    assertThat(sizes).containsExactly(4096, 4096, 808);
  }

  @Test
  void whatIsNoWholeStreamIsRefused() {
    byte[] whole = written(true);
    refused(new byte[0], "the stream is empty");
    refused(Arrays.copyOf(whole, whole.length / 2), "ends in the middle of record batch 2");
    refused(Arrays.copyOf(whole, 5), "ends in the middle");
    refused("PAR1 and so on".getBytes(StandardCharsets.US_ASCII), "no Arrow stream but a Parquet");
    refused(
        "\u0093NUMPY and so on".getBytes(StandardCharsets.ISO_8859_1), "give the file by its name");
    refused("nothing that is known".getBytes(StandardCharsets.US_ASCII), "is damaged");
  }

  @Test
  void damageIsAnErrorOfTheData() {
    byte[] whole = written(true);
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(1000)] = (byte) random.nextInt(256);
      try (ArrowStream stream = open(damaged)) {
        for (Optional<Dataset> part = stream.next(); part.isPresent(); part = stream.next()) {
          part.get().read(0, 1, new float[Math.toIntExact(part.get().sampleShape().size())], 0);
        }
      } catch (WtaException expected) {
        assertThat(expected).hasMessageContaining("the stream");
      }
    }
  }
}
