package dev.wta.backend.cuda.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a part found, a line each: who, what, how much, in what unit, with tabs between. PyTorch's
 * side writes the same.
 */
final class Results {
  private final Path file;
  private final List<String> lines = new ArrayList<>();

  Results(Path file) {
    this.file = file;
  }

  /** A finding, which is shown at once. */
  void add(String who, String what, String value, String unit) {
    lines.add(String.join("\t", who, what, value, unit));
    System.err.printf("  %-12s %-40s %s %s%n", who, what, value, unit);
  }

  void write() {
    try {
      Files.write(file, lines);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
