package dev.wta.workloads;

import static org.assertj.core.api.Assertions.assertThat;

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
}
