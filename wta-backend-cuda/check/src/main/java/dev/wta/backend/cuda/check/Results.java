package dev.wta.backend.cuda.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a part finds, kept in its file as it is found, a line each: who, what, how much, in what
 * unit, with tabs between. PyTorch's side writes the same. What the file has already need not be
 * measured again.
 */
final class Results {
  /** The value of what could not be measured. */
  static final String FAILED = "failed";

  private final Path file;
  private final List<Finding> findings;

  Results(Path file) {
    this.file = file;
    this.findings = new ArrayList<>(read(file));
  }

  /** One line. */
  record Finding(String who, String what, String value, String unit) {}

  /** A file's findings; none if it is not there. */
  static List<Finding> read(Path file) {
    List<Finding> findings = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          String[] fields = line.split("\t", 4);
          if (fields.length == 4) { // and not what was cut off
            findings.add(new Finding(fields[0], fields[1], fields[2], fields[3]));
          }
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return findings;
  }

  /** Whether something is known of somebody; what has failed is not. */
  boolean has(String who, String what) {
    return findings.stream()
        .anyMatch(f -> f.who().equals(who) && f.what().equals(what) && !f.value().equals(FAILED));
  }

  /** A finding, which is shown and kept at once. */
  void add(String who, String what, String value, String unit) {
    findings.add(new Finding(who, what, value, unit));
    System.err.printf("  %-12s %-40s %s %s%n", who, what, value, unit);
    try {
      Files.writeString(
          file,
          String.join("\t", who, what, value, unit) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
