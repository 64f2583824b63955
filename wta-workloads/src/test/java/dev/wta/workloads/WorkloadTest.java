package dev.wta.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void namesAreUniqueAndFoundAgain() {
    assertThat(Workload.all()).extracting(Workload::name).doesNotHaveDuplicates();
    assertThat(Workload.all())
        .allSatisfy(workload -> assertThat(Workload.named(workload.name())).contains(workload));
    assertThat(Workload.named("nothing")).isEmpty();
  }

  @Test
  void numbersHaveTheirShapesAndComeOutTheSameTwice() {
    ConvStep step = ConvStep.DEEP;
    assertThat(step.encoderFilters(0)).hasSize(128 * 25).isEqualTo(step.encoderFilters(0));
    assertThat(step.encoderFilters(1)).hasSize(128 * 128 * 25);
    assertThat(step.decoderFilters()).hasSize(128 * 121);
    assertThat(step.images()).hasSize(ConvStep.BATCHES * 32 * 784).contains(0f);
    assertThat(new EncodeWorkload().images())
        .isEqualTo(Arrays.copyOf(new FcStep(true).images(), 100 * 784));
  }

  @Test
  void operationsAreThoseOfTheEncoder() {
    assertThat(new FcStep(true).encodingOperations()).isEqualTo(2.0 * 100 * 784 * 2000);
    assertThat(ConvStep.DEEP.encodingOperations()).isEqualTo(2.0 * 32 * 784 * 128 * (25 + 3200));
    assertThat(ConvStep.SHALLOW.encodingOperations()).isEqualTo(2.0 * 100 * 784 * 64 * 25);
  }

  @Test
  void probesFeaturesAreThoseOfARectifiedCode() {
    ProbeWorkload probe = new ProbeWorkload(300, 100);
    float[] values = probe.values();
    assertThat(values).isEqualTo(probe.values());
    int positive = 0;
    double norms = 0;
    for (int i = 0; i < 300; i++) {
      double squares = 0;
      for (int at = i * 100; at < (i + 1) * 100; at++) {
        assertThat(values[at]).isNotNegative();
        positive += values[at] > 0 ? 1 : 0;
        squares += (double) values[at] * values[at];
      }
      norms += Math.sqrt(squares) / 300;
    }
    assertThat(positive / 30_000.0).isBetween(0.17, 0.3);
    assertThat(norms).isCloseTo(1, within(1e-5));
    assertThat(probe.labels()).hasSize(300).startsWith(0, 1, 2);
    // Without weights every class misses every margin by 1.
    assertThat(probe.objective(values, new double[10 * 101])).isEqualTo(ProbeWorkload.C * 3000);
  }

  @Test
  void rowsOfATopKModelHaveLengthOne() {
    TopKStep step = new TopKStep("small", 3, 2);
    float[] weights = step.weights();
    assertThat(weights).hasSize(3 * TopKStep.INPUTS);
    for (int row = 0; row < 3; row++) {
      double squares = 0;
      for (int i = row * TopKStep.INPUTS; i < (row + 1) * TopKStep.INPUTS; i++) {
        squares += (double) weights[i] * weights[i];
      }
      assertThat(squares).isCloseTo(1, within(1e-6));
    }
    assertThat(TopKStep.LARGE)
        .allSatisfy(large -> assertThat(TopKStep.SAMPLES % large.batch()).isZero());
  }
}
