package dev.wta.backend.cuda.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The kernels' sources, which are resources of this jar. */
final class KernelSources {
  private static final String FOLDER = "source/";
  private static final List<String> HEADERS =
      List.of("common.cuh", "digits.cuh", "tile.cuh", "step.cuh");

  private KernelSources() {}

  /** The sources that {@link Kernel} names, without their ending. */
  static List<String> all() {
    return Arrays.stream(Kernel.values()).map(Kernel::source).distinct().toList();
  }

  /** The text of {@code source.cu}. */
  static String text(String source) {
    return read(source + ".cu");
  }

  /** What sources include, by name. */
  static Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>();
    HEADERS.forEach(header -> headers.put(header, read(header)));
    return headers;
  }

  private static String read(String name) {
    try (InputStream in = KernelSources.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks the kernel source " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
