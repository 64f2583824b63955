package dev.wta.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClusterEstimateTest {
  private static final ClusterEstimate.Batch BATCH =
      new ClusterEstimate.Batch(1000, 100, 8, 4, 100);

  @Test
  void bytesFollowTheFormula() {
    assertThat(BATCH.bytes(1)).isZero();
    assertThat(BATCH.bytes(4)).isEqualTo(0.75 * (800_000 + 40_000 + 3_200));
    assertThat(new ClusterEstimate.Batch(1000, 100, 0, 4, 100).bytes(2)).isEqualTo(0.5 * 803_200);
  }

  @Test
  void measuredTimesComeOutAgainWhereNothingIsSent() {
    ClusterEstimate estimate =
        ClusterEstimate.measured(1.0, 0.6, 6, 0, Double.POSITIVE_INFINITY, BATCH);
    assertThat(estimate.seconds(1)).isCloseTo(1.0, within(1e-12));
    assertThat(estimate.seconds(2)).isCloseTo(0.6, within(1e-12));
    assertThat(estimate.seconds(4)).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void latencyAndBandwidthAdd() {
    ClusterEstimate estimate = new ClusterEstimate(0, 1, 6, 1e-3, 8e6, BATCH);
    assertThat(estimate.seconds(4)).isCloseTo(0.25 + 6e-3 + 0.6324, within(1e-9));
    assertThat(estimate.speedUp(4)).isCloseTo(1 / 0.8884, within(1e-6));
  }
}
