package dev.wta.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

/** Against scipy.stats.norm's sf and isf. */
class NormalTailTest {
  @Test
  void isTheUpperTail() {
    assertThat(NormalTail.of(0)).isCloseTo(0.5, withinPercentage(1.2e-5));
    assertThat(NormalTail.of(1.959964)).isCloseTo(0.0249999991, withinPercentage(1.2e-5));
    assertThat(NormalTail.of(3)).isCloseTo(0.00134989803163, withinPercentage(1.2e-5));
    assertThat(NormalTail.of(6)).isCloseTo(9.86587645e-10, withinPercentage(1.2e-5));
    assertThat(NormalTail.of(-2)).isCloseTo(0.97724986805, withinPercentage(1.2e-5));
  }

  @Test
  void isInverted() {
    assertThat(NormalTail.inverse(5e-4)).isCloseTo(3.2905267315, within(1e-6));
    assertThat(NormalTail.inverse(0.025)).isCloseTo(1.9599639845, within(1e-6));
    assertThat(NormalTail.inverse(0.4)).isCloseTo(0.2533471031, within(1e-6));
    assertThat(NormalTail.inverse(0.9)).isCloseTo(-1.2815515655, within(1e-6));
    assertThat(NormalTail.inverse(0)).isInfinite().isPositive();
    assertThat(NormalTail.inverse(1)).isInfinite().isNegative();
  }

  @Test
  void theTableDecidesAsTheFunction() {
    for (double x = -9; x < 9; x += 0.0137) {
      double q = NormalTail.of(x);
      for (double u : new double[] {q * 0.5, q * 0.999, q * 1.001, Math.min(1, q * 2), q}) {
        assertThat(NormalTail.below(u, x)).as("%s below Q(%s)", u, x).isEqualTo(u < q);
      }
    }
  }
}
