package dev.wta.peers.nd4j;

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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** ND4J on the CPU, with gradients written by hand. */
public final class Nd4jPeer implements Peer {
  /** Where ND4J says its version; it has no function that does. */
  private static final String ARTEFACT = "/META-INF/maven/org.nd4j/nd4j-native/pom.properties";

  public static void main(String... arguments) {
    PeerProcess.main(new Nd4jPeer(), arguments);
  }

  @Override
  public String version() {
    return "ND4J %s, with %s"
        .formatted(release(), Nd4j.getExecutioner().getEnvironmentInformation().get("blas.vendor"));
  }

  private static String release() {
    Properties artefact = new Properties();
    try (InputStream description = Nd4jPeer.class.getResourceAsStream(ARTEFACT)) {
      artefact.load(description);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return artefact.getProperty("version");
  }

  @Override
  public Optional<Call> open(Workload workload, int threads) {
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    return switch (workload) {
      case GemmWorkload gemm -> Optional.of(new Nd4jGemm(gemm));
      case EncodeWorkload encode -> Optional.of(new Nd4jEncode(encode));
      case FcStep step -> Optional.of(new Nd4jFcStep(step));
      case TopKStep step -> Optional.of(new Nd4jTopKStep(step));
      case ConvStep step -> Optional.of(new Nd4jConvStep(step));
      case TrainerStep _, ProbeWorkload _ -> Optional.empty();
    };
  }
}
