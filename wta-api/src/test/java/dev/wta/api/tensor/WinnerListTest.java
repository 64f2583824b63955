package dev.wta.api.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WinnerListTest {
  private static WinnerList list(int[] samples, int[] units, float... values) {
    return new WinnerList(samples, units, new int[values.length], values);
  }

  @Test
  void winnersAreRankedWithinTheirSampleAndOfEqualsTheLowerUnitIsFirst() {
    WinnerList winners = list(new int[] {1, 0, 1, 0, 1}, new int[] {0, 1, 2, 3, 4}, 2, 5, 7, 6, 2);
    assertThat(winners.ranks()).containsExactly(1, 1, 0, 0, 2);
    assertThat(list(new int[0], new int[0]).ranks()).isEmpty();
  }

  @Test
  void ranksFollowTheNumbersWhateverTheirSigns() {
    int[] sample = {3, 3, 3, 3, 3, 3};
    int[] units = {0, 1, 2, 3, 4, 5};
    WinnerList winners =
        list(sample, units, -1, -0f, 0, Float.MIN_VALUE, -2, Float.POSITIVE_INFINITY);
    assertThat(winners.ranks()).containsExactly(4, 2, 3, 1, 5, 0);
  }

  @Test
  void aFilterKeepsAllColumns() {
    WinnerList all =
        new WinnerList(
            new int[] {2, 0, 1}, new int[] {0, 1, 1}, new int[] {5, 3, 4}, new float[] {1, 2, 3});
    WinnerList kept = all.filter(w -> w != 1);
    assertThat(kept.samples()).containsExactly(2, 1);
    assertThat(kept.units()).containsExactly(0, 1);
    assertThat(kept.positions()).containsExactly(5, 4);
    assertThat(kept.values()).containsExactly(1, 3);
  }
}
