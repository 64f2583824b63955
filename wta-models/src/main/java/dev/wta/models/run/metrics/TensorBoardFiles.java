package dev.wta.models.run.metrics;

import dev.wta.models.io.FileOperations;
import dev.wta.models.io.WriteFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The metrics of a run as TensorBoard's event files: {@code events.out.tfevents.<seconds>.wta}, one
 * for each start or resume of training. Readers take them in the order of their names.
 */
public final class TensorBoardFiles {
  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\.wta");

  private final Path directory;
  private final FileOperations disk;
  private OptionalLong resumedAt = OptionalLong.empty();
  private Optional<Path> file = Optional.empty();

  public TensorBoardFiles(Path directory, FileOperations disk) {
    this.directory = directory;
    this.disk = disk;
  }

  /**
   * Appends the numbers of a line of metrics, which belong to its {@code step}; those of a line
   * without a step, to none.
   */
  public void append(Map<String, Object> line) {
    Map<String, Float> values = new LinkedHashMap<>();
    line.forEach(
        (name, value) -> {
          if (value instanceof Number number && !name.equals("step")) {
            values.put(name, number.floatValue());
          }
        });
    if (!(line.get("step") instanceof Number step) || values.isEmpty()) {
      return;
    }
    double now = System.currentTimeMillis() / 1e3;
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      if (file.isEmpty()) {
        file = Optional.of(directory.resolve(nextName((long) now)));
        bytes.writeBytes(TensorBoardRecord.version(now).toBytes());
        resumedAt.ifPresent(
            start -> bytes.writeBytes(TensorBoardRecord.start(now, start + 1).toBytes()));
      }
      bytes.writeBytes(TensorBoardRecord.scalars(now, step.longValue(), values).toBytes());
      Files.write(
          file.get(), bytes.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failed) {
      throw WriteFailures.writing(file.orElse(directory), failed);
    }
  }

  /**
   * Drops what was written after {@code step}. Files are shortened where they lie, and what follows
   * goes into another: a TensorBoard that has one open continues with the next. What cannot be
   * read, such as a last record that a kill cut short, is moved to {@code unread.*.events}, of a
   * name that TensorBoard does not take for its own.
   */
  public void truncate(long step) throws IOException {
    for (Path written : files()) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(written));
      int kept = 0;
      int records = 0;
      boolean dropping = false;
      for (Optional<TensorBoardRecord> record = TensorBoardRecord.read(bytes);
          record.isPresent();
          record = TensorBoardRecord.read(bytes)) {
        dropping |= record.get().step() > step;
        if (!dropping) {
          kept = bytes.position();
          records++;
        }
      }
      if (bytes.hasRemaining()) {
        keepUnread(written, bytes);
      }
      if (records <= 1) { // its version alone
        Files.delete(written);
      } else if (kept < bytes.limit()) {
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
          channel.truncate(kept);
          channel.force(true);
        }
      }
    }
    resumedAt = OptionalLong.of(step);
  }

  private void keepUnread(Path written, ByteBuffer rest) throws IOException {
    String seconds = NAME.matcher(written.getFileName().toString()).replaceFirst("$1");
    Path aside = directory.resolve("unread.%s.events".formatted(seconds));
    for (int i = 2; Files.exists(aside); i++) {
      aside = directory.resolve("unread.%s-%d.events".formatted(seconds, i));
    }
    byte[] unread = new byte[rest.remaining()];
    rest.duplicate().get(unread);
    disk.replace(aside, out -> out.write(unread));
  }

  /** A name that comes after all that are there, whatever the clock says. */
  private String nextName(long now) throws IOException {
    long last = 0;
    for (Path written : files()) {
      Matcher name = NAME.matcher(written.getFileName().toString());
      if (name.matches()) {
        last = Math.max(last, Long.parseLong(name.group(1)));
      }
    }
    return "events.out.tfevents.%010d.wta".formatted(Math.max(now, last + 1));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }
}
