package dev.wta.backend.nd4j;

import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * ND4J's threads. They belong to the process, so the backend opened last says how many; no result
 * depends on it.
 */
final class NativeThreads {
  private NativeThreads() {}

  static void use(int threads) {
    Nd4j.getEnvironment().setMaxMasterThreads(Math.min(threads, mostThreads()));
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** The device, for people. */
  static String describe() {
    Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
    return "ND4J on %s, %s, up to %d threads"
        .formatted(environment.get("backend"), environment.get("blas.vendor"), mostThreads());
  }

  private static int mostThreads() {
    return Nd4j.getEnvironment().maxThreads();
  }
}
