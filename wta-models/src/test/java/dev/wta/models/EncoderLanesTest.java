package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import org.junit.jupiter.api.Test;

/** However many requests there were at once, some lanes for each processor are kept. */
class EncoderLanesTest {
  @Test
  void aBurstOfRequestsLeavesFewLanes() {
    try (Backend backend = TestBackends.open("cpu", 1);
        EncoderLanes lanes = new EncoderLanes(backend)) {
      atOnce(lanes, 2);
      assertThat(lanes.idle()).isEqualTo(2);
      atOnce(lanes, 3 * EncoderLanes.MOST_IDLE);
      assertThat(lanes.idle()).isEqualTo(EncoderLanes.MOST_IDLE);
      atOnce(lanes, 1);
      assertThat(lanes.idle()).isEqualTo(EncoderLanes.MOST_IDLE);
    }
  }

  private static void atOnce(EncoderLanes lanes, int requests) {
    if (requests > 0) {
      lanes.run(false, _ -> atOnce(lanes, requests - 1));
    }
  }
}
