package dev.wta.bench;

import dev.wta.bench.machine.FmaPeak;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process runs on.
 *
 * @param model what the maker calls it, or its architecture where the system does not tell
 * @param count how many there are, as the JVM sees it
 * @param vectorBits the width of the vectors that benchmarks use
 */
record Processor(String model, int count, int vectorBits) {
  private static final Path TOLD_BY_LINUX = Path.of("/proc/cpuinfo");

  static Processor here() {
    return new Processor(
        model(TOLD_BY_LINUX), Runtime.getRuntime().availableProcessors(), FmaPeak.vectorBits());
  }

  /** The first {@code model name : ...} of a file in the form of Linux's {@code /proc/cpuinfo}. */
  static String model(Path file) {
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
