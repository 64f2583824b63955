package dev.wta.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Sessions of Spark for tests. */
final class Sessions {
  private Sessions() {}

  private static SparkSession local;

  /**
   * Four executors' cores are threads of this JVM; all classes of tests share the session until one
   * ends it.
   */
  static synchronized SparkSession local() {
    if (local == null || local.sparkContext().isStopped()) {
      local = quiet("local[4]").config("spark.stage.maxConsecutiveAttempts", 2).getOrCreate();
    }
    return local;
  }

  /**
   * Executors are processes of one core. Their JVM finds Spark and wta on this test's class path.
   * Ends the local session; the caller ends this one.
   *
   * @param executors how many
   */
  static synchronized SparkSession.Builder clusterBuilder(int executors) throws IOException {
    if (local != null) {
      local.stop();
      local = null;
    }
    // What the launcher asks for; the jars themselves are those of the test's class path.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return quiet("local-cluster[%d,1,2048]".formatted(executors))
        .config("spark.executor.memory", "1g")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"));
  }

  private static SparkSession.Builder quiet(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("wta-spark's tests")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse");
  }
}
