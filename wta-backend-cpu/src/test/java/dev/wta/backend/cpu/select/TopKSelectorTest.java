package dev.wta.backend.cpu.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopKSelectorTest {
  private static final float[] AWKWARD = {
    0f, -0f, -1f, 1f, 2f, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 100, 1000})
  void findsTheKthLargestAndWhatAboutKExceed(int length) {
    Random random = new Random(length);
    for (int draw = 0; draw < 100; draw++) {
      float[] group = Arrays.copyOf(draw(random, length, draw % 4), length);
      float[] descending = positive(group);
      for (int k : new int[] {1, 2, length / 20 + 1, length / 2 + 1, length}) {
        float kth = descending.length > k ? descending[k - 1] : 0;
        assertThat(new TopKSelector().kth(group, 0, length, k)).isEqualTo(kth);
        float about = TopKSelector.about(group, 0, length, 0, k, k + 2);
        if (about > 0) {
          assertThat(about).isLessThan(kth);
        }
        int[] out = new int[length];
        int count = TopKSelector.atLeast(group, length, 1f, out);
        assertThat(Arrays.copyOf(out, count))
            .isEqualTo(IntStream.range(0, length).filter(i -> group[i] >= 1).toArray());
      }
    }
  }

  private static float[] positive(float[] group) {
    float[] sorted = group.clone();
    Arrays.sort(sorted); // NaN last
    int end = sorted.length;
    while (end > 0 && Float.isNaN(sorted[end - 1])) {
      end--;
    }
    int count = 0;
    while (count < end && sorted[end - 1 - count] > 0) {
      count++;
    }
    float[] descending = new float[count];
    for (int i = 0; i < count; i++) {
      descending[i] = sorted[end - 1 - i];
    }
    return descending;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 100, 1000})
  void keepsTheLargestPositiveNumbersAndOfEqualsTheFirst(int length) {
    Random random = new Random(length);
    for (int draw = 0; draw < 100; draw++) {
      float[] group = draw(random, length, draw % 4);
      for (int k : new int[] {1, 2, length / 20 + 1, length / 2 + 1, length, length + 1}) {
        assertThat(kept(group, k))
            .as("%d of %s", k, Arrays.toString(group))
            .isEqualTo(expected(group, k));
      }
    }
  }

  /**
   * Normal numbers, few different ones, awkward ones, or neighbours that differ in the last bits.
   */
  private static float[] draw(Random random, int length, int kind) {
    float[] group = new float[length + 2];
    for (int i = 0; i < group.length; i++) {
      group[i] =
          switch (kind) {
            case 0 -> (float) random.nextGaussian();
            case 1 -> random.nextInt(4) - 1;
            case 2 -> AWKWARD[random.nextInt(AWKWARD.length)];
            default -> Float.intBitsToFloat(Float.floatToIntBits(0.3f) + random.nextInt(5));
          };
    }
    return group;
  }

  private static int[] kept(float[] group, int k) {
    int length = group.length - 2;
    int[] indices = new int[length];
    TopKSelector topK = new TopKSelector();
    topK.cut(group, 1, length, k);
    return Arrays.copyOf(indices, topK.indices(group, 1, length, indices, 0));
  }

  private static int[] expected(float[] group, int k) {
    return IntStream.range(0, group.length - 2)
        .filter(i -> group[i + 1] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> group[i + 1]).reversed())
        .limit(k)
        .sorted()
        .mapToInt(i -> i)
        .toArray();
  }
}
