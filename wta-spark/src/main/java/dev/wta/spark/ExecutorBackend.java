package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import org.apache.spark.SparkEnv;

/** The backend of an executor, and what its JVM must be for it. */
final class ExecutorBackend {
  private static final int JDK = 25;
  static final String VECTOR = "jdk.incubator.vector";

  private ExecutorBackend() {}

  /**
   * Opens the best backend of this JVM, with as many threads as the executor has cores.
   *
   * @throws WtaException if the JVM cannot run one, with the remedy
   */
  static Backend open() {
    return open(threads());
  }

  /** As {@link #open()}, with so many threads. */
  static Backend open(int threads) {
    requireOwnJvm();
    return Backends.best(BackendOptions.defaults().withThreads(threads));
  }

  private static int threads() {
    int processors = Runtime.getRuntime().availableProcessors();
    SparkEnv env = SparkEnv.get();
    return env == null
        ? processors
        : Math.clamp(env.conf().getInt("spark.executor.cores", processors), 1, processors);
  }

  /** Checks this JVM. */
  static void requireOwnJvm() {
    requireJvm(
        System.getProperty("java.home"),
        Runtime.version().feature(),
        ModuleLayer.boot().findModule(VECTOR).isPresent());
  }

  /**
   * Checks the JVM of an executor.
   *
   * @param home its path on the executor's machine
   * @param version of the JDK
   * @param vectors whether the module of the Vector API is there
   */
  static void requireJvm(String home, int version, boolean vectors) {
    String where = "the JVM of an executor (%s)".formatted(home);
    if (version < JDK) {
      throw new WtaException(
          "%s is of JDK %d, and wta needs %d".formatted(where, version, JDK),
          "install JDK %d on all machines and set spark.executorEnv.JAVA_HOME to it"
              .formatted(JDK));
    }
    if (!vectors) {
      throw new WtaException(
          "%s runs without the module %s".formatted(where, VECTOR),
          "set spark.executor.extraJavaOptions (for local masters spark.driver.extraJavaOptions) to"
              + " --add-modules="
              + VECTOR);
    }
  }
}
