package dev.wta.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReconstructionMeterTest {
  private static final int SAMPLES = 6;
  private static final int INPUTS = 4;

  /**
   * Against numpy, as SAEBench's get_sparsity_and_variance_metrics has the measures: of {@code x =
   * (5 i + 3 j) % 7 - 2} and {@code y = 0.7 x + 0.3 ((3 i + 5 j) % 5 / 2 - 0.5)}.
   */
  @Test
  void measuresAsSaeBench() {
    float[] x = new float[SAMPLES * INPUTS];
    float[] y = new float[x.length];
    for (int i = 0; i < SAMPLES; i++) {
      for (int j = 0; j < INPUTS; j++) {
        x[i * INPUTS + j] = (i * 5 + j * 3) % 7 - 2;
        y[i * INPUTS + j] =
            (float) (0.7 * x[i * INPUTS + j] + 0.3 * ((i * 3 + j * 5) % 5 / 2.0 - 0.5));
      }
    }
    ReconstructionMeter meter = new ReconstructionMeter(INPUTS);
    meter.add(x, y, SAMPLES);
    ReconstructionMetrics metrics = meter.metrics();
    assertThat(metrics.explainedVariance()).isCloseTo(0.8744186046511627, within(1e-6));
    assertThat(metrics.explainedVarianceLegacy()).isCloseTo(0.8748227559656967, within(1e-6));
    assertThat(metrics.meanSquaredError()).isCloseTo(0.525, within(1e-6));
    assertThat(metrics.cosine()).isCloseTo(0.9833390426582445, within(1e-6));
    assertThat(metrics.inputNorm()).isCloseTo(4.530922178238178, within(1e-6));
    assertThat(metrics.outputNorm()).isCloseTo(3.226756007526619, within(1e-6));
    assertThat(metrics.normRatio()).isCloseTo(0.7152162820425906, within(1e-6));
    assertThat(metrics.relativeBias()).isCloseTo(0.7186440677966102, within(1e-6));
  }

  @Test
  void batchesMakeNoDifferenceButToTheLegacyMeasure() {
    float[] x = {1, 2, 3, -4, 0.5f, 7, 2, 2};
    float[] y = {1, 1, 2, -3, 0, 6, 2, 3};
    ReconstructionMeter whole = new ReconstructionMeter(2);
    whole.add(x, y, 4);
    ReconstructionMeter parts = new ReconstructionMeter(2);
    parts.add(x, y, 3);
    parts.add(Arrays.copyOfRange(x, 6, 8), Arrays.copyOfRange(y, 6, 8), 1);
    assertThat(parts.metrics())
        .usingRecursiveComparison()
        .ignoringFields("explainedVarianceLegacy")
        .isEqualTo(whole.metrics());
  }

  /** A shrunk reconstruction: {@code sum |y|^2 / sum x y} is the factor itself. */
  @Test
  void shrinkageShowsInRatioAndBias() {
    ReconstructionMeter meter = new ReconstructionMeter(2);
    meter.add(new float[] {3, 4, 0, 0}, new float[] {1.5f, 2, 1, 0}, 2);
    ReconstructionMetrics metrics = meter.metrics();
    assertThat(metrics.normRatio()).as("the sample of norm 0 has none").isEqualTo(0.5);
    assertThat(metrics.cosine()).isEqualTo(1);
    assertThat(metrics.relativeBias()).isCloseTo((6.25 + 1) / 12.5, within(1e-12));
  }
}
