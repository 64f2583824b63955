package dev.wta.api.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparseCodesTest {
  private static final float[] DENSE = {
    0, 2, 0, -1, /* next row */ 0, 0, 0, 0, /* next row */ 5, 6, 7, 8
  };
  private static final SparseCodes CODES = SparseCodes.ofDense(4, DENSE);

  @Test
  void rowsAreCompressed() {
    assertThat(CODES.offsets()).containsExactly(0, 2, 2, 6);
    assertThat(CODES.indices()).containsExactly(1, 3, 0, 1, 2, 3);
    assertThat(CODES.values()).containsExactly(2, -1, 5, 6, 7, 8);
    assertThat(CODES.rows()).isEqualTo(3);
    assertThat(CODES.features()).isEqualTo(4);
    assertThat(CODES.size()).isEqualTo(6);
    assertThat(CODES.toDense()).containsExactly(DENSE);
    assertThat(CODES).hasToString("3 codes of 4 features, 6 active");
  }

  /** Full and nearly empty rows, longer and shorter than what is looked at together. */
  @Test
  void nothingButZerosIsLeftOut() {
    Random random = new Random(7);
    for (int trial = 0; trial < 400; trial++) {
      int features = 1 + random.nextInt(trial % 2 == 0 ? 40 : 5000);
      float share = trial % 5 == 0 ? 1 : random.nextFloat() * random.nextFloat();
      float[] dense = new float[3 * features];
      for (int i = 0; i < dense.length; i++) {
        float other = random.nextInt(20) == 0 ? Float.NaN : random.nextFloat() - 0.5f;
        dense[i] = random.nextFloat() < share ? other : random.nextInt(9) == 0 ? -0f : 0f;
      }
      int[] active = IntStream.range(0, dense.length).filter(i -> dense[i] != 0).toArray();
      SparseCodes codes = SparseCodes.ofDense(features, dense);
      assertThat(codes.indices()).isEqualTo(Arrays.stream(active).map(i -> i % features).toArray());
      assertThat(codes.size()).isEqualTo(active.length);
      for (int j = 0; j < active.length; j++) {
        assertThat(Float.floatToRawIntBits(codes.values()[j]))
            .isEqualTo(Float.floatToRawIntBits(dense[active[j]]));
      }
      assertThat(codes.row(2).size())
          .isEqualTo(Arrays.stream(active).filter(i -> i >= 2 * features).count());
    }
  }

  @Test
  void aRowIsAViewOfOneSample() {
    SparseCode row = CODES.row(2);
    assertThat(row.size()).isEqualTo(4);
    assertThat(row.index(3)).isEqualTo(3);
    assertThat(row.value(3)).isEqualTo(8);
    assertThat(row.toDense()).containsExactly(5, 6, 7, 8);
    assertThat(CODES.row(1).size()).isZero();
    assertThat(CODES.row(0)).hasToString("{1=2.0, 3=-1.0} of 4");
    assertThatThrownBy(() -> CODES.row(3)).hasMessage("3 codes have no row 3");
    assertThatThrownBy(() -> CODES.row(0).value(2)).hasMessageContaining("2 active features");
  }

  @Test
  void iterationGoesRowByRow() {
    List<String> seen = new ArrayList<>();
    for (SparseCode code : CODES) {
      code.forEach((index, value) -> seen.add(index + "=" + value));
      seen.add("end");
    }
    assertThat(seen)
        .containsExactly(
            "1=2.0", "3=-1.0", "end", "end", "0=5.0", "1=6.0", "2=7.0", "3=8.0", "end");
  }

  @Test
  void equalWhereTheNumbersAre() {
    SparseCodes copy = SparseCodes.of(4, CODES.offsets(), CODES.indices(), CODES.values());
    assertThat(copy).isEqualTo(CODES).hasSameHashCodeAs(CODES);
    assertThat(SparseCode.ofDense(0, 2, 0, -1)).isEqualTo(CODES.row(0)).isNotEqualTo(CODES.row(2));
    assertThat(SparseCode.of(4, new int[] {1, 3}, new float[] {2, -1}))
        .isEqualTo(CODES.row(0))
        .hasSameHashCodeAs(CODES.row(0));
  }

  @Test
  void whatIsHandedOutOrInIsCopied() {
    CODES.values()[0] = 9;
    CODES.row(0).indices()[0] = 0;
    CODES.offsets()[1] = 0;
    assertThat(CODES.toDense()).containsExactly(DENSE);
  }

  @Test
  void growsToManyRows() {
    SparseCodes.Builder builder = new SparseCodes.Builder(2);
    for (int i = 1; i <= 1000; i++) {
      builder.addDense(new float[] {i, 0, 0, -i}, 2);
    }
    SparseCodes codes = builder.build();
    assertThat(codes.rows()).isEqualTo(2000);
    assertThat(codes.size()).isEqualTo(2000);
    assertThat(codes.row(1999)).isEqualTo(SparseCode.ofDense(0, -1000));
    assertThat(codes.row(1000)).isEqualTo(SparseCode.ofDense(501, 0));
  }

  @Test
  void arraysOfAnotherFormAreRefused() {
    float[] two = {1, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 2}, new int[] {3, 1}, two))
        .withMessageContaining("row 0 has index 1 of 4 features, or not in ascending order");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 2}, new int[] {1, 4}, two))
        .withMessageContaining("index 4 of 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 1}, new int[] {1, 2}, two))
        .withMessageContaining("offsets do not run from 0 to 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 3, 2}, new int[] {1, 2}, two))
        .withMessageContaining("row 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[0], new int[0], new float[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 2}, new int[] {1}, two));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SparseCodes.of(4, new long[] {0, 1}, new int[] {1}, new float[] {0}))
        .withMessageContaining("a value of 0");
  }
}
