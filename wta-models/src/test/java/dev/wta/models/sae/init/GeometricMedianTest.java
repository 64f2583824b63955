package dev.wta.models.sae.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.models.TestData;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GeometricMedianTest {

  /** Where the sum of distances is smallest, the directions to the samples add up to nothing. */
  @Test
  void theDirectionsToTheSamplesCancel() {
    int width = 5;
    float[] samples = TestData.normal("median", 200 * width);
    double[] median = GeometricMedian.of(samples, width);
    double[] sum = new double[width];
    for (int n = 0; n < 200; n++) {
      double[] direction = new double[width];
      double length = 0;
      for (int j = 0; j < width; j++) {
        direction[j] = samples[n * width + j] - median[j];
        length += direction[j] * direction[j];
      }
      for (int j = 0; j < width; j++) {
        sum[j] += direction[j] / Math.sqrt(length) / 200;
      }
    }
    assertThat(sum).containsExactly(new double[width], within(1e-5));
  }

  @Test
  void fewSamplesFarOffDoNotMoveIt() {
    float[] samples = new float[2 * 100];
    Arrays.fill(samples, 1);
    Arrays.fill(samples, 0, 2 * 20, 1000);
    assertThat(GeometricMedian.of(samples, 2)).containsExactly(new double[] {1, 1}, within(1e-2));
  }

  @Test
  void equalSamplesAndASingleOneAreTheirOwn() {
    assertThat(GeometricMedian.of(new float[] {3, -4}, 2)).containsExactly(3, -4);
    assertThat(GeometricMedian.of(new float[] {3, -4, 3, -4, 3, -4}, 2))
        .containsExactly(new double[] {3, -4}, within(1e-12));
  }
}
