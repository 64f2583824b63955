package dev.wta.models.run;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code metrics.jsonl}: a JSON object a line, each with the {@code step} that it was written
 * after.
 */
final class MetricsFile {
  private final Path file;
  private final Disk disk;

  MetricsFile(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  void append(Map<String, Object> line) {
    try {
      Files.writeString(
          file, Json.line(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failed) {
      throw Failures.writing(file, failed);
    }
  }

  /** The lines that are whole, in their order. */
  List<Map<String, Object>> read() {
    List<Map<String, Object>> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        parsed(line).ifPresent(lines::add);
      }
      return lines;
    } catch (NoSuchFileException none) {
      return lines;
    } catch (IOException unreadable) {
      throw Failures.reading(file, unreadable);
    }
  }

  /** Drops what was written after {@code step}, and a last line that a kill cut short. */
  void truncate(long step) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file);
    String kept =
        lines.stream()
            .filter(line -> isUpTo(line, step))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    disk.replace(file, out -> out.write(kept.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean isUpTo(String line, long step) {
    return parsed(line)
        .filter(map -> map.get("step") instanceof Number number && number.longValue() <= step)
        .isPresent();
  }

  /** A line's object; empty where a kill, or a writer that is at work, cut it short. */
  private static Optional<Map<String, Object>> parsed(String line) {
    try {
      return Optional.of(Json.parse(line));
    } catch (JacksonException cutShort) {
      return Optional.empty();
    }
  }
}
