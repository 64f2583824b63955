package dev.wta.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The name of the processor that this JVM runs on, for reports. */
public final class ProcessorName {
  private static final Path TOLD_BY_LINUX = Path.of("/proc/cpuinfo");

  private ProcessorName() {}

  /** The manufacturer's name for it, or its architecture where the system reports none. */
  public static String here() {
    return of(TOLD_BY_LINUX);
  }

  /** The first {@code model name : ...} of a file in the form of Linux's {@code /proc/cpuinfo}. */
  static String of(Path file) {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(file)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
