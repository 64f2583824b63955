package dev.wta.models.run.metrics;

import com.fasterxml.jackson.core.JacksonException;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Json;
import dev.wta.models.io.WriteFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code metrics.jsonl}: a JSON object a line, each with the {@code step} that it was written
 * after.
 */
public final class MetricsFile {
  private static final String UNREAD = ".unread";

  private final Path file;
  private final FileOperations disk;

  public MetricsFile(Path file, FileOperations disk) {
    this.file = file;
    this.disk = disk;
  }

  public void append(Map<String, Object> line) {
    try {
      Files.writeString(
          file, Json.line(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failed) {
      throw WriteFailures.writing(file, failed);
    }
  }

  /** The lines that are whole, in their order. */
  public List<Map<String, Object>> read() {
    List<Map<String, Object>> lines = new ArrayList<>();
    try {
      for (byte[] line : split(Files.readAllBytes(file))) {
        parsed(line).ifPresent(lines::add);
      }
      return lines;
    } catch (NoSuchFileException none) {
      return lines;
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  /**
   * Drops what was written after {@code step}. Lines that are no metrics, such as a last one that a
   * kill cut short, are moved to {@code metrics.jsonl.unread}.
   */
  public void truncate(long step) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    ByteArrayOutputStream unread = new ByteArrayOutputStream();
    for (byte[] line : split(Files.readAllBytes(file))) {
      Optional<Map<String, Object>> metrics = parsed(line);
      if (metrics.isEmpty()) {
        unread.writeBytes(line);
        unread.write('\n');
      } else if (isUpTo(metrics.get(), step)) {
        kept.writeBytes(line);
        kept.write('\n');
      }
    }
    if (unread.size() > 0) {
      Path aside = file.resolveSibling(file.getFileName() + UNREAD);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      if (Files.exists(aside)) {
        all.writeBytes(Files.readAllBytes(aside));
      }
      all.writeBytes(unread.toByteArray());
      disk.replace(aside, all::writeTo);
    }
    disk.replace(file, kept::writeTo);
  }

  /** Lines without a step are kept: training may not write them again. */
  private static boolean isUpTo(Map<String, Object> metrics, long step) {
    return !(metrics.get("step") instanceof Number number) || number.doubleValue() <= step;
  }

  /** The lines without their line breaks. */
  private static List<byte[]> split(byte[] text) {
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      boolean end = i == text.length;
      if (end ? i > start : text[i] == '\n') {
        lines.add(Arrays.copyOfRange(text, start, i));
        start = i + 1;
      }
    }
    return lines;
  }

  /** A line's object; empty where a kill, or a writer that is at work, cut it short. */
  private static Optional<Map<String, Object>> parsed(byte[] line) {
    try {
      return Optional.of(Json.parse(new String(line, StandardCharsets.UTF_8)));
    } catch (JacksonException cutShort) {
      return Optional.empty();
    }
  }
}
