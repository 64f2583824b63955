package dev.wta.spark;

import dev.wta.api.WtaException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What training and encoding ask of executors, as the driver sees them. */
final class Executors {
  /** The settings under which Spark's connections are encrypted. */
  private static final List<String> ENCRYPTED =
      List.of(
          "spark.network.crypto.enabled",
          "spark.authenticate.enableSaslEncryption",
          "spark.ssl.rpc.enabled");

  private static final Pattern MESSAGE =
      Pattern.compile("dev\\.wta\\.[\\w.]*Exception: (.*?)(?:; (.*))?(?:\\R|$)");

  /** Whose executors have been found to be of the JVM they should be. */
  private static final Set<SparkContext> CHECKED =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private Executors() {}

  /** How many there are; for local masters, how many tasks run at once. */
  static int count(SparkContext spark) {
    if (spark.isLocal()) {
      return spark.defaultParallelism();
    }
    int registered =
        JavaSparkContext.fromSparkContext(spark).statusTracker().getExecutorInfos().length - 1;
    return Math.max(1, Math.max(registered, spark.conf().getInt("spark.executor.instances", 1)));
  }

  /**
   * Checks that nobody expects encrypted connections: those between ranks are not.
   *
   * @throws WtaException that names the setting
   */
  static void requireTransport(SparkConf conf) {
    for (String key : ENCRYPTED) {
      if (conf.getBoolean(key, false)) {
        throw new WtaException(
            "%s is set, and ranks exchange samples and sums unencrypted".formatted(key),
            "train where the network between executors is trusted, without that setting; encoding"
                + " works with it");
      }
    }
  }

  /**
   * Checks the JVMs of executors, before a class of wta is loaded there. Those of local masters are
   * this one.
   *
   * @param tasks that are to run there
   * @throws WtaException if one is too old, or lacks a module
   */
  static void requireJvms(SparkSession spark, int tasks) {
    if (spark.sparkContext().isLocal()) {
      ExecutorBackend.requireOwnJvm();
      return;
    }
    for (Row jvm : jvms(spark, tasks)) {
      ExecutorBackend.requireJvm(
          jvm.getString(0),
          Integer.parseInt(jvm.getString(1)),
          jvm.getString(2).contains(ExecutorBackend.VECTOR));
    }
    CHECKED.add(spark.sparkContext());
  }

  /** As {@link #requireJvms}, of a task for each executor, and only the first time. */
  static void requireJvmsOnce(SparkSession spark) {
    if (!CHECKED.contains(spark.sparkContext())) {
      requireJvms(spark, count(spark.sparkContext()));
    }
  }

  /** What tasks find by classes of the JDK alone: its path, its version, and its modules. */
  static List<Row> jvms(SparkSession spark, int tasks) {
    return spark
        .range(0, tasks, 1, tasks)
        .selectExpr(
            "java_method('java.lang.System', 'getProperty', 'java.home')",
            "java_method('java.lang.System', 'getProperty', 'java.specification.version')",
            "java_method('java.lang.ModuleLayer', 'boot')")
        .collectAsList();
  }

  /** The error of a failed stage: the problem and the remedy that its message quotes, if any. */
  static WtaException explained(Exception failed) {
    String message = String.valueOf(failed.getMessage());
    Matcher parts = MESSAGE.matcher(message);
    if (parts.find()) {
      return new WtaException(
          parts.group(1), parts.group(2) == null ? "see the cause" : parts.group(2), failed);
    }
    return new WtaException(
        "training failed: " + message.lines().findFirst().orElse(""),
        "see the cause, and the executors' logs",
        failed);
  }
}
