package dev.wta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import org.junit.jupiter.api.Test;

class JoinedDatasetTest {
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
    Dataset joined = JoinedDataset.of(part("a", 3, 0), part("b", 1, 10), part("c", 2, 20));
    float[] values = new float[2 + 2 * 5];
    joined.read(1, 5, values, 2);

    assertThat(values).containsExactly(0, 0, 1, 0, 2, 0, 10, 0, 20, 0, 21, 0);
    assertThat(joined.size()).isEqualTo(6);
    assertThat(joined.labels()).containsExactly(0, 1, 2, 0, 0, 1);
    assertThat(joined.name()).isEqualTo("a + b + c");
    assertThat(joined.sourceRow(4)).isZero();
    assertThatThrownBy(() -> joined.read(2, 5, new float[12], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesSamplesOfAnotherForm() {
    MemoryDataset unlabelled = MemoryDataset.of("u", Shape.of(2), new float[4]);
    assertThatThrownBy(() -> JoinedDataset.of(part("a", 3, 0), unlabelled))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("a and u differ");
  }
}
