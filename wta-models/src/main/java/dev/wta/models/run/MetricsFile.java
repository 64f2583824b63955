package dev.wta.models.run;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
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
    try {
      return Json.parse(line).get("step") instanceof Number number && number.longValue() <= step;
    } catch (JacksonException cutShort) {
      return false;
    }
  }
}
