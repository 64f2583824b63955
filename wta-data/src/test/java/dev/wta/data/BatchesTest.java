package dev.wta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  private static final Seed SEED = Seed.of(7);

  /** Sample {@code i} is {@code (2 i, 2 i + 1)}, its label {@code i % 10}. */
  private static Dataset counting(int size) {
    float[] values = new float[2 * size];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      values[2 * i] = 2 * i;
      values[2 * i + 1] = 2 * i + 1;
      labels[i] = i % 10;
    }
    return MemoryDataset.of("counting", Shape.of(2), values, labels);
  }

  private static int[] rows(Batches batches, int size) {
    int[] rows = new int[size];
    int filled = 0;
    Batch batch = batches.newBatch();
    while (batches.next(batch)) {
      for (int i = 0; i < batch.count(); i++) {
        rows[filled + i] = batch.rows()[i];
        assertThat(batch.values()[2 * i]).isEqualTo(2 * batch.rows()[i]);
        assertThat(batch.values()[2 * i + 1]).isEqualTo(2 * batch.rows()[i] + 1);
      }
      filled += batch.count();
    }
    return Arrays.copyOf(rows, filled);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 5, 10",
    "2, 1, 1",
    "7, 3, 7",
    "7, 3, 6",
    "13, 13, 1",
    "100, 7, 65536",
    "1023, 100, 10",
    "1024, 100, 100",
    "1025, 100, 1",
    "1025, 100, 1024",
    "3000, 64, 1500",
    "5000, 999, 4999",
    "5000, 128, 5000",
    "10000, 100, 2048"
  })
  void everySampleComesOnceAnEpoch(int size, int batch, int buffer) {
    for (int epoch = 0; epoch < 3; epoch++) {
      int[] rows = rows(Batches.shuffled(counting(size), batch, SEED, epoch, buffer), size);
      Arrays.sort(rows);
      assertThat(rows).isEqualTo(IntStream.range(0, size).toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 3000})
  void theOrderDependsOnSeedEpochAndBufferAlone(int buffer) {
    int[] first = rows(Batches.shuffled(counting(3000), 100, SEED, 0, buffer), 3000);
    assertThat(rows(Batches.shuffled(counting(3000), 17, SEED, 0, buffer), 3000)).isEqualTo(first);
    assertThat(rows(Batches.shuffled(counting(3000), 100, SEED, 1, buffer), 3000))
        .isNotEqualTo(first);
    assertThat(rows(Batches.shuffled(counting(3000), 100, Seed.of(8), 0, buffer), 3000))
        .isNotEqualTo(first);
    assertThat(rows(Batches.shuffled(counting(3000), 100, SEED, 0, buffer - 1), 3000))
        .isNotEqualTo(first);
  }

  /** A change of the order breaks the reproduction of every run that was ever made. */
  @Test
  void theOrderStaysWhatItIs() {
    assertThat(rows(Batches.shuffled(counting(10), 10, SEED, 3, 10), 10))
        .containsExactly(PINNED_WHOLE);
    assertThat(Arrays.copyOf(rows(Batches.shuffled(counting(4000), 10, SEED, 3, 8), 4000), 6))
        .containsExactly(PINNED_WINDOW);
  }

  private static final int[] PINNED_WHOLE = {6, 8, 4, 2, 5, 0, 3, 1, 9, 7};
  private static final int[] PINNED_WINDOW = {3077, 3079, 3076, 3074, 3081, 3072};

  @Test
  void aBufferAsLargeAsTheDataMakesEveryOrderEquallyLikely() {
    Map<String, Integer> seen = new HashMap<>();
    int draws = 12_000;
    for (int epoch = 0; epoch < draws; epoch++) {
      seen.merge(
          Arrays.toString(rows(Batches.shuffled(counting(4), 4, SEED, epoch, 4), 4)),
          1,
          Integer::sum);
    }
    // 24 orders of 500 each: chi-squared with 23 degrees of freedom is above 49.7 once in a
    // thousand.
    double expected = draws / 24.0;
    double chiSquared =
        seen.values().stream().mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    assertThat(seen).hasSize(24);
    assertThat(chiSquared).isLessThan(49.7);
  }

  @Test
  void aSmallBufferStillSpreadsNeighbours() {
    int size = 20_000;
    int[] rows = rows(Batches.shuffled(counting(size), 100, SEED, 0, 4096), size);
    double distance = 0;
    for (int i = 1; i < size; i++) {
      distance += Math.abs(rows[i] - rows[i - 1]);
    }
    // Independent draws from the whole set lie a third of its size apart.
    assertThat(distance / size).isGreaterThan(size / 3.0 / 2);
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000, 0", "1000, 1000, 300", "5000, 1024, 1700", "5000, 64, 5000"})
  void skippingIsReadingWithoutTheData(int size, int buffer, int skipped) {
    int[] all = rows(Batches.shuffled(counting(size), 100, SEED, 2, buffer), size);
    Batches resumed = Batches.shuffled(counting(size), 100, SEED, 2, buffer);
    resumed.skip(skipped);
    assertThat(resumed.remaining()).isEqualTo(size - skipped);
    assertThat(rows(resumed, size)).isEqualTo(Arrays.copyOfRange(all, skipped, size));
    assertThatThrownBy(() -> resumed.skip(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 samples of the 0 left");
  }

  @Test
  void inOrderKeepsTheOrderAndTheLastBatchIsShort() {
    Batches batches = Batches.inOrder(counting(7), 3).withLabels();
    Batch batch = batches.newBatch();
    assertThat(batches.next(batch)).isTrue();
    assertThat(batch.rows()).containsExactly(0, 1, 2);
    assertThat(batches.next(batch)).isTrue();
    assertThat(batches.next(batch)).isTrue();
    assertThat(batch.count()).isEqualTo(1);
    assertThat(batch.rows()[0]).isEqualTo(6);
    assertThat(batch.labels()[0]).isEqualTo(6);
    assertThat(batches.next(batch)).isFalse();
    assertThat(batch.count()).isZero();
  }

  @Test
  void labelsBelongToTheRows() {
    Batches batches = Batches.shuffled(counting(500), 64, SEED, 0, 500).withLabels();
    Batch batch = batches.newBatch();
    while (batches.next(batch)) {
      for (int i = 0; i < batch.count(); i++) {
        assertThat(batch.labels()[i]).isEqualTo(batch.rows()[i] % 10);
      }
    }
  }

  @Test
  void labelsHaveToBeRequestedAndToExist() {
    Batches batches = Batches.inOrder(counting(3), 3);
    Batch batch = batches.newBatch();
    batches.next(batch);
    assertThatThrownBy(batch::labels).isInstanceOf(IllegalStateException.class);
    Dataset bare = MemoryDataset.of("bare", Shape.of(1), new float[3]);
    assertThatThrownBy(() -> Batches.inOrder(bare, 1).withLabels())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("bare has no labels");
  }

  @Test
  void aBatchWithoutRoomIsRefused() {
    Batches batches = Batches.inOrder(counting(10), 5);
    assertThatThrownBy(() -> batches.next(new Batch(4, Shape.of(2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 values")
        .hasMessageContaining("5 samples of shape 2");
    assertThatThrownBy(() -> Batches.inOrder(counting(10), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Batches.shuffled(counting(10), 1, SEED, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
