package dev.wta.backend.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import jdk.incubator.vector.DoubleVector;
import org.junit.jupiter.api.Test;

class LaneSumsTest {
  /** Enough calls for the compiler to take over. */
  private static final int CALLS = 200_000;

  @Test
  void compiledCodeSumsInTheOrderOfInterpretedCode() {
    Random random = new Random(1);
    double[] lanes = new double[Lanes.DOUBLES.length()];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = random.nextGaussian() * Math.pow(10, random.nextInt(12));
    }
    double expected = folded(lanes);
    for (int call = 0; call < CALLS; call++) {
      assertBits(LaneSums.of(DoubleVector.fromArray(Lanes.DOUBLES, lanes, 0)), expected);
    }
  }

  private static double folded(double[] lanes) {
    double[] sums = lanes.clone();
    for (int half = sums.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }

  private static void assertBits(double actual, double expected) {
    if (Double.doubleToRawLongBits(actual) != Double.doubleToRawLongBits(expected)) {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
