package dev.wta.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SparsityMetricsTest {
  private static final int SAMPLES = 200;
  private static final int INPUTS = 7;
  private static final float[] NO_CODE = new float[SAMPLES * 3];

  /** Inputs with means far from 0 and from each other. */
  private static float[] inputs() {
    Random random = new Random(1);
    float[] x = new float[SAMPLES * INPUTS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (1000 * (i % INPUTS) + random.nextGaussian());
    }
    return x;
  }

  private static SparsityMetrics measure(float[] x, float[] code, float[] reconstruction) {
    SparsityMeter meter = new SparsityMeter(INPUTS, code.length / SAMPLES, 1);
    meter.add(x, code, Optional.of(reconstruction), new int[SAMPLES], SAMPLES);
    return meter.metrics();
  }

  @Test
  void a_perfect_reconstruction_explains_all_variance() {
    float[] x = inputs();
    SparsityMetrics metrics = measure(x, NO_CODE, x.clone());
    assertThat(metrics.explainedVariance()).isEqualTo(1);
    assertThat(metrics.meanSquaredError()).isZero();
  }

  @Test
  void predicting_the_mean_of_each_dimension_explains_none() {
    float[] x = inputs();
    double[] means = new double[INPUTS];
    for (int i = 0; i < x.length; i++) {
      means[i % INPUTS] += x[i] / (double) SAMPLES;
    }
    float[] reconstruction = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      reconstruction[i] = (float) means[i % INPUTS];
    }
    assertThat(measure(x, NO_CODE, reconstruction).explainedVariance()).isCloseTo(0, within(1e-6));
  }

  /** As SAELens' evals.py computes it: {@code (1 - residual / variation).mean()} of a batch. */
  @Test
  void the_legacy_measure_is_the_mean_of_the_samples_own_ratios() {
    float[] x = inputs();
    float[] reconstruction = x.clone();
    Random random = new Random(2);
    for (int i = 0; i < x.length; i++) {
      reconstruction[i] += (float) (0.3 * random.nextGaussian());
    }
    double sum = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      double residual = 0;
      double variation = 0;
      for (int j = 0; j < INPUTS; j++) {
        double mean = 0;
        for (int other = 0; other < SAMPLES; other++) {
          mean += x[other * INPUTS + j] / (double) SAMPLES;
        }
        int at = sample * INPUTS + j;
        residual += Math.pow(x[at] - reconstruction[at], 2);
        variation += Math.pow(x[at] - mean, 2);
      }
      sum += 1 - residual / variation;
    }
    SparsityMetrics metrics = measure(x, NO_CODE, reconstruction);
    assertThat(metrics.explainedVarianceLegacy()).isCloseTo(sum / SAMPLES, within(1e-9));
    assertThat(metrics.explainedVarianceLegacy()).isLessThan(metrics.explainedVariance() - 0.01);
  }

  @Test
  void a_sample_that_is_its_batchs_mean_has_no_ratio() {
    SparsityMeter meter = new SparsityMeter(1, 1, 1);
    float[] x = {0, 3, 6};
    meter.add(x, new float[3], Optional.of(new float[] {0, 3, 3}), new int[3], 3);
    assertThat(meter.metrics().explainedVarianceLegacy()).isEqualTo(0.5);
  }

  @Test
  void predicting_one_mean_for_all_dimensions_is_worse_than_none() {
    float[] x = inputs();
    float[] reconstruction = new float[x.length];
    Arrays.fill(reconstruction, 3000);
    assertThat(measure(x, NO_CODE, reconstruction).explainedVariance()).isLessThan(-1000);
  }

  @Test
  void data_that_do_not_vary_have_no_explained_variance() {
    float[] x = new float[SAMPLES * INPUTS];
    assertThat(measure(x, NO_CODE, x).explainedVariance()).isNaN();
  }

  @Test
  void counts_active_features_dead_units_and_lifetimes() {
    float[] code = new float[SAMPLES * 4];
    for (int i = 0; i < SAMPLES; i++) {
      code[i * 4] = 1; // always
      code[i * 4 + 1] = i % 2 == 0 ? -0.5f : 0; // half of the time; negative counts as active
      code[i * 4 + 2] = i == 7 ? 1e-30f : 0; // once
    }
    float[] x = inputs();
    SparsityMetrics metrics = measure(x, code, x);
    assertThat(metrics.samples()).isEqualTo(SAMPLES);
    assertThat(metrics.features()).isEqualTo(4);
    assertThat(metrics.l0()).isCloseTo(1.5 + 1.0 / SAMPLES, within(1e-12));
    assertThat(metrics.density()).isCloseTo(metrics.l0() / 4, within(1e-12));
    assertThat(metrics.deadUnits()).isEqualTo(1);
    assertThat(metrics.lifetimes()).hasSize(SparsityMetrics.LIFETIME_BINS);
    assertThat(metrics.lifetimes().getFirst()).isEqualTo(2);
    assertThat(metrics.lifetimes().get(10)).isEqualTo(1);
    assertThat(metrics.lifetimes().getLast()).isEqualTo(1);
  }

  /** But for the legacy measure, whose means are a batch's. */
  @Test
  void batches_make_no_difference() {
    float[] x = inputs();
    float[] reconstruction = x.clone();
    reconstruction[3] += 2;
    SparsityMeter meter = new SparsityMeter(INPUTS, 1, 1);
    for (int from = 0; from < SAMPLES; from += 30) {
      int count = Math.min(30, SAMPLES - from);
      float[] part = Arrays.copyOfRange(x, from * INPUTS, (from + 30) * INPUTS);
      float[] partOut = Arrays.copyOfRange(reconstruction, from * INPUTS, (from + 30) * INPUTS);
      meter.add(part, new float[30], Optional.of(partOut), new int[30], count);
    }
    SparsityMetrics whole = measure(x, new float[SAMPLES], reconstruction);
    assertThat(meter.metrics())
        .usingRecursiveComparison()
        .ignoringFields("explainedVarianceLegacy")
        .isEqualTo(whole);
    assertThat(whole.meanSquaredError()).isCloseTo(4.0 / SAMPLES / INPUTS, within(1e-6));
  }

  @Test
  void measures_nothing_of_nothing() {
    assertThatIllegalStateException().isThrownBy(new SparsityMeter(3, 3, 1)::metrics);
  }
}
