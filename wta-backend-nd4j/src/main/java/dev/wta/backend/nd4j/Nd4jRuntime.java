package dev.wta.backend.nd4j;

import dev.wta.api.backend.Availability;
import java.util.Locale;

/**
 * Whether ND4J starts in this JVM. It is tried once: a library that failed to load fails again,
 * with a message that says less.
 */
final class Nd4jRuntime {

  /** Below the vectorised CPU backend, far above scalar loops. */
  private static final int SCORE = 50;

  private Nd4jRuntime() {}

  /** Starts ND4J when it is first asked for. */
  private static final class Attempt {
    static final Availability OUTCOME = start();

    private Attempt() {}
  }

  static Availability probe() {
    return Attempt.OUTCOME;
  }

  private static Availability start() {
    try {
      return new Availability.Usable(SCORE, NativeThreads.describe());
    } catch (Exception | Error failure) {
      return explain(failure);
    }
  }

  /** ND4J and the JVM wrap exceptions, so the innermost cause is the informative one. */
  static Availability.Unusable explain(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String natives = "the natives of nd4j-native, openblas and javacpp for " + platform();
    return switch (cause) {
      case UnsatisfiedLinkError missing ->
          new Availability.Unusable(
              "ND4J's native library does not load: " + firstLine(missing),
              "put " + natives + " on the class path");
      case ClassNotFoundException missing ->
          new Availability.Unusable(
              "ND4J is not on the class path: no class " + missing.getMessage(),
              "put nd4j-native, what it depends on, and " + natives + " there");
      default ->
          new Availability.Unusable(
              "ND4J does not start: " + firstLine(cause),
              "check that the class path holds one version of ND4J, and " + natives);
    };
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }

  /** The platform as the classifiers of native jars name it, as far as ND4J has any. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String architecture = System.getProperty("os.arch").replace("amd64", "x86_64");
    return (system.startsWith("mac") ? "macosx" : system.startsWith("win") ? "windows" : system)
        + "-"
        + architecture.replace("aarch64", "arm64");
  }
}
