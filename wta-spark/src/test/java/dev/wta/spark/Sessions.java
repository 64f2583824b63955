package dev.wta.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Sessions of Spark for tests. */
final class Sessions {
  private Sessions() {}

  /** Executors are threads of this JVM. */
  static SparkSession local(int cores) {
    return quiet("local[%d]".formatted(cores)).getOrCreate();
  }

  /**
   * Executors are processes of one core. Their JVM finds Spark and wta on this test's class path.
   *
   * @param executors how many
   */
  static SparkSession cluster(int executors) throws IOException {
    return clusterBuilder(executors).getOrCreate();
  }

  /** As {@link #cluster}, to be configured further. */
  static SparkSession.Builder clusterBuilder(int executors) throws IOException {
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
