package dev.wta.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CodeMeterTest {
  @Test
  void countsByHand() {
    CodeMeter meter = new CodeMeter(4, 1);
    meter.add(new float[] {1, 0, -2, 0, 0.5f, 0, 0, 0, 9, 9, 9, 9}, 2); // the third is left over
    meter.add(new float[] {0, 0, 0, 0, 3, 0, 1, 1}, 2);
    CodeMetrics metrics = meter.metrics();
    assertThat(metrics.samples()).isEqualTo(4);
    assertThat(metrics.l0()).isEqualTo((2 + 1 + 0 + 3) / 4.0);
    assertThat(metrics.l1()).isCloseTo((3 + 0.5 + 0 + 5) / 4.0, within(1e-12));
    assertThat(metrics.densities()).containsExactly(0.75, 0.0, 0.5, 0.25);
    assertThat(metrics.deadLatents()).isEqualTo(1);
    assertThat(metrics.share(0.3)).isEqualTo(0.5);
    assertThat(metrics.activationShare(0.3)).isCloseTo(1.25 / 1.5, within(1e-12));
    // of 0, 1, 2, 3 the smallest that a part of the samples does not exceed
    assertThat(CodeMetrics.QUANTILES).isEqualTo(List.of(0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0));
    assertThat(metrics.l0Quantiles()).containsExactly(0, 0, 0, 1, 2, 3, 3);
  }

  @Test
  void aMapIsActiveWhereAnyOfItsNumbersIs() {
    CodeMeter meter = new CodeMeter(2, 3);
    meter.add(new float[] {0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 1}, 2);
    CodeMetrics metrics = meter.metrics();
    assertThat(metrics.features()).isEqualTo(6);
    assertThat(metrics.l0()).isEqualTo(2);
    assertThat(metrics.densities()).containsExactly(1.0, 0.5);
  }

  @Test
  void nothingHasNoMeasures() {
    assertThatIllegalStateException().isThrownBy(new CodeMeter(2, 1)::metrics);
    CodeMeter silent = new CodeMeter(2, 1);
    silent.add(new float[2], 1);
    assertThat(silent.metrics().activationShare(0.01)).isZero();
    assertThat(silent.metrics().deadLatents()).isEqualTo(2);
  }
}
