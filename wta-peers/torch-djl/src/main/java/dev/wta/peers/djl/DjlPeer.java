package dev.wta.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;
import dev.wta.workloads.PeerProcess;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.Optional;
import java.util.TreeSet;

/** PyTorch as the Deep Java Library brings it: the official build, with MKL and oneDNN. */
public final class DjlPeer implements Peer {
  private final Engine engine;

  public DjlPeer() {
    // Natives come from the class path; nothing is fetched or sent to anybody.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    engine = Engine.getEngine("PyTorch");
  }

  public static void main(String... arguments) {
    PeerProcess.main(new DjlPeer(), arguments);
  }

  @Override
  public String version() {
    return "PyTorch %s by DJL %s, with %s"
        .formatted(
            engine.getVersion(),
            Engine.getDjlVersion(),
            String.join(", ", new TreeSet<>(JniUtils.getFeatures())));
  }

  @Override
  public Optional<Call> open(Workload workload, int threads) {
    JniUtils.setNumThreads(threads);
    return switch (workload) {
      case GemmWorkload gemm -> Optional.of(new DjlGemm(gemm));
      case EncodeWorkload encode -> Optional.of(new DjlEncode(encode));
      case FcStep step -> Optional.of(new DjlFcStep(step));
      case TopKStep step -> Optional.of(new DjlTopKStep(step));
      case ConvStep step -> Optional.of(new DjlConvStep(step));
      case TrainerStep _, ProbeWorkload _ -> Optional.empty();
    };
  }
}
