package dev.wta.data.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.MemoryDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final int SAMPLES = 1003;

  private static MemoryDataset data() {
    float[] values = new float[SAMPLES * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return MemoryDataset.of("data", Shape.of(2), values);
  }

  private static Batches batches(Dataset data, int epoch) {
    return Batches.shuffled(data, 10, Seed.of(1), epoch, 100);
  }

  @Test
  void batchesAreThoseThatAreReadWithoutIt() {
    MemoryDataset data = data();
    try (ReadAhead ahead = new ReadAhead(10, Shape.of(2))) {
      for (int epoch = 0; epoch < 3; epoch++) {
        Batches plain = batches(data, epoch);
        Batches read = batches(data, epoch);
        plain.skip(30);
        read.skip(30);
        ahead.begin(read);
        Batch expected = plain.newBatch();
        int left = SAMPLES - 30;
        while (plain.next(expected)) {
          Batch batch = ahead.next().orElseThrow();
          left -= batch.count();
          assertThat(ahead.more()).isEqualTo(left > 0);
          assertThat(batch.count()).isEqualTo(expected.count());
          assertThat(Arrays.copyOf(batch.values(), 2 * batch.count()))
              .containsExactly(Arrays.copyOf(expected.values(), 2 * batch.count()));
          Arrays.fill(batch.values(), Float.NaN); // as pre-processing overwrites it
        }
        assertThat(ahead.next()).isEmpty();
      }
      assertThat(ahead.throughput().rate()).isPositive();
    }
  }

  @Test
  void anEpochMayBeLeftInItsMiddle() {
    MemoryDataset data = data();
    try (ReadAhead ahead = new ReadAhead(10, Shape.of(2))) {
      ahead.begin(batches(data, 0));
      assertThat(ahead.next()).isPresent();
      ahead.begin(batches(data, 1));
      List<Integer> rows = new ArrayList<>();
      for (Optional<Batch> batch = ahead.next(); batch.isPresent(); batch = ahead.next()) {
        Arrays.stream(batch.get().rows(), 0, batch.get().count()).forEach(rows::add);
      }
      assertThat(rows).hasSize(SAMPLES).doesNotHaveDuplicates();
    }
  }

  @Test
  void anErrorIsReportedWhereTheBatchIsRequested() {
    try (ReadAhead ahead = new ReadAhead(10, Shape.of(2))) {
      ahead.begin(batches(new Broken(), 0));
      assertThatThrownBy(ahead::next).isInstanceOf(WtaException.class).hasMessageContaining("gone");
      assertThat(ahead.next()).isEmpty();
    }
  }

  private static final class Broken implements Dataset {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public int size() {
      return 20;
    }

    @Override
    public Shape sampleShape() {
      return Shape.of(2);
    }

    @Override
    public ElementType elementType() {
      return ElementType.FLOAT32;
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public int[] labels() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void read(int from, int count, float[] target, int offset) {
      throw new WtaException("the disk is gone", "mount it");
    }

    @Override
    public void close() {}
  }
}
