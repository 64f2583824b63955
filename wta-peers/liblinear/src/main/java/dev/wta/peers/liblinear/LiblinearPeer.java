package dev.wta.peers.liblinear;

import de.bwaldvogel.liblinear.Linear;
import dev.wta.workloads.Peer;
import dev.wta.workloads.PeerProcess;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.Workload;
import java.util.Optional;

/** LIBLINEAR in Java, on the linear probe. */
public final class LiblinearPeer implements Peer {
  public LiblinearPeer() {
    Linear.disableDebugOutput();
  }

  public static void main(String... arguments) {
    PeerProcess.main(new LiblinearPeer(), arguments);
  }

  @Override
  public String version() {
    int version = Linear.getVersion();
    return "LIBLINEAR %d.%d in Java, a thread a class".formatted(version / 100, version % 100);
  }

  @Override
  public Optional<Call> open(Workload workload, int threads) {
    return workload instanceof ProbeWorkload probe
        ? Optional.of(new LiblinearProbe(probe, threads))
        : Optional.empty();
  }
}
