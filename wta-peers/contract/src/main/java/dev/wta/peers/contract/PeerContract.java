package dev.wta.peers.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.wta.workloads.Peer;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every peer must do: compute what wta computes, from the same numbers. */
public abstract class PeerContract {
  private static final int THREADS = 2;
  private static final double PRECISION = 1e-3;

  /** Solved in a moment; the structure is the same. */
  private static final ProbeWorkload SMALL_PROBE = new ProbeWorkload(2_000, 200);

  private final Peer peer;
  private final Set<String> absent;

  /**
   * @param absent the names of the workloads that the peer takes no part in, beside steps of tools'
   *     own trainers
   */
  protected PeerContract(Peer peer, Set<String> absent) {
    this.peer = peer;
    this.absent = absent;
  }

  @Test
  void saysItsVersion() {
    assertThat(peer.version()).isNotBlank().doesNotContain("\n");
  }

  @TestFactory
  Stream<DynamicTest> computesWhatWtaComputes() {
    return Workload.all().stream()
        .filter(workload -> !TopKStep.LARGE.contains(workload)) // the usual one's code
        .map(workload -> workload instanceof ProbeWorkload ? SMALL_PROBE : workload)
        .map(workload -> DynamicTest.dynamicTest(workload.name(), () -> agrees(workload)));
  }

  private static double precision(Workload workload) {
    return workload instanceof ProbeWorkload ? ProbeWorkload.PRECISION : PRECISION;
  }

  private void agrees(Workload workload) {
    if (workload instanceof TrainerStep || absent.contains(workload.name())) {
      assertThat(peer.open(workload, THREADS)).isEmpty();
      return;
    }
    double[] expected = Expected.results(workload);
    try (Peer.Call call = peer.open(workload, THREADS).orElseThrow()) {
      for (int run = 0; run < expected.length; run++) {
        call.run();
        assertThat(call.result())
            .as("run %d", run)
            .isCloseTo(expected[run], withinPercentage(100 * precision(workload)));
      }
    }
  }
}
