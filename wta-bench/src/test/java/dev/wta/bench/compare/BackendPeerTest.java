package dev.wta.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Cost;
import dev.wta.workloads.FcStep;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendPeerTest {
  private final List<BenchmarkSpec> ran = new ArrayList<>();

  private Fork.Measured run(BenchmarkSpec measurement, int callers) {
    ran.add(measurement);
    return new Fork.Measured(5, 0, new Cost(1, 1, 0));
  }

  @Test
  void runsOurBenchmarkOnAnotherBackend() {
    BackendPeer peer = BackendPeer.named(List.of("reference"), this::run).getFirst();
    assertThat(peer.version()).contains("scalar");
    assertThat(peer.callsPerSecond(new FcStep(true), 3, MeasurementTime.USUAL)).contains(5.0);
    assertThat(ran.getFirst().parameters())
        .containsEntry("workload", "fc-wta-step")
        .containsEntry("backend", "reference")
        .containsEntry("threads", "3");
  }

  @Test
  void aForkThatFailsIsAFailureOfThatBackendAlone() {
    BackendPeer peer =
        new BackendPeer(
            "cuda",
            "a card",
            (_, _) -> {
              throw new WtaException("measuring failed", "look why");
            });
    assertThatThrownBy(() -> peer.callsPerSecond(new FcStep(true), 1, MeasurementTime.USUAL))
        .isInstanceOf(PeerFailure.class)
        .hasMessageContaining("measuring failed");
  }

  @Test
  void refusesWhatIsNoBackend() {
    assertThatThrownBy(() -> BackendPeer.named(List.of("cudda"), this::run))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("there is no backend 'cudda'")
        .hasMessageContaining("cpu");
  }
}
