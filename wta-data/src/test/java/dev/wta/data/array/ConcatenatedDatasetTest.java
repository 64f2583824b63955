package dev.wta.data.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConcatenatedDatasetTest {
  private static MemoryDataset part(String name, int samples, float first) {
    float[] values = new float[2 * samples];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      values[2 * i] = first + i;
      labels[i] = i;
    }
    return MemoryDataset.of(name, Shape.of(2), values, labels);
  }

  @Test
  void readsAcrossItsParts() {
    Dataset joined =
        new ConcatenatedDataset(
            "all", List.of(part("a", 3, 0), part("b", 1, 10), part("c", 2, 20)));
    float[] values = new float[2 + 2 * 5];
    joined.read(1, 5, values, 2);

    assertThat(values).containsExactly(0, 0, 1, 0, 2, 0, 10, 0, 20, 0, 21, 0);
    assertThat(joined.size()).isEqualTo(6);
    assertThat(joined.labels()).containsExactly(0, 1, 2, 0, 0, 1);
    assertThat(joined.name()).isEqualTo("all");
    assertThat(joined.sourceRow(4)).isZero();
    assertThat(joined.sourceName(4)).isEqualTo("c");
    assertThat(joined.subset(new int[] {2}).sourceName(0)).isEqualTo("a");
    assertThatThrownBy(() -> joined.read(2, 5, new float[12], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesSamplesOfAnotherForm() {
    MemoryDataset unlabelled = MemoryDataset.of("u", Shape.of(2), new float[4]);
    assertThatThrownBy(() -> new ConcatenatedDataset("all", List.of(part("a", 3, 0), unlabelled)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("u differs from a");
  }
}
