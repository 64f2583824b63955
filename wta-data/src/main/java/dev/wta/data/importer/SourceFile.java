package dev.wta.data.importer;

import dev.wta.api.WtaException;
import dev.wta.data.io.ForeignFormat;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** What the files that are imported have in common: how they are opened, and how they fail. */
public final class SourceFile {
  /** Deflate makes at most this of a byte: more than that is not in a file, whatever it says. */
  public static final int MOST_INFLATION = 1032;

  /** Images are far smaller; damaged extents may not be. */
  public static final long MOST_SAMPLE_VALUES = 1L << 28;

  private static final int BUFFER_BYTES = 1 << 16;

  private SourceFile() {}

  /** Something that reads a source and may fail. */
  public interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Reads from a source, and puts what goes wrong into words.
   *
   * @throws WtaException for any {@link IOException}
   */
  public static <T> T reading(Path path, Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException broken) {
      throw explain(path, broken);
    } catch (UncheckedIOException broken) {
      throw explain(path, broken.getCause());
    }
  }

  /** Opens a file as it is, so that its beginning can be looked at. */
  public static InputStream open(Path path) throws IOException {
    return new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
  }

  /** Opens what is in a file that may be compressed with gzip. */
  public static InputStream openInflated(Path path) throws IOException {
    InputStream raw = open(path);
    try {
      return inflated(raw);
    } catch (IOException | RuntimeException broken) {
      closeAfter(broken, raw);
      throw broken;
    }
  }

  /**
   * The content of what may be compressed with gzip. Java's own stream would take a damaged
   * beginning of a second member for the end.
   */
  public static InputStream inflated(InputStream raw) throws IOException {
    return isGzip(raw)
        ? GzipCompressorInputStream.builder()
            .setInputStream(raw)
            .setBufferSize(BUFFER_BYTES)
            .setDecompressConcatenated(true)
            .get()
        : raw;
  }

  /** Whether a file is compressed, by its first bytes, which are left unread. */
  public static boolean isGzip(InputStream raw) throws IOException {
    raw.mark(2);
    boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    return gzip;
  }

  /** Closes a stream whose opening failed. */
  public static void closeAfter(Exception broken, InputStream in) {
    try {
      in.close();
    } catch (IOException lesser) {
      broken.addSuppressed(lesser);
    }
  }

  /** Refuses an import onto its own source, and folders where a file is wanted. */
  public static void requireFile(Path source, String wanted, Path out) {
    if (Files.isDirectory(source)) {
      throw new WtaException(source + " is a folder", "give " + wanted);
    }
    requireOther(source, out);
  }

  public static void requireOther(Path source, Path out) {
    try {
      if (Files.exists(source) && Files.exists(out) && Files.isSameFile(source, out)) {
        throw new WtaException(
            "the import would write over its own source " + source, "give another file with --out");
      }
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be looked at: %s".formatted(out, unreadable),
          "check its permissions",
          unreadable);
    }
  }

  /**
   * A refusal of a file that is not what it should be, which says what it is where that is known.
   *
   * @param wanted such as {@code an IDX file}
   * @param otherwise what is wrong with a file of no known format
   * @param remedy for such a file
   */
  public static WtaException other(Path path, String wanted, String otherwise, String remedy) {
    return ForeignFormat.of(beginning(path))
        .map(
            format ->
                new WtaException(
                    "%s is not %s but %s".formatted(path, wanted, format.what()),
                    format.remedy() + ", or " + remedy))
        .orElseGet(
            () -> new WtaException("%s is not %s: %s".formatted(path, wanted, otherwise), remedy));
  }

  /** How the content of a file that may be compressed begins; empty if it cannot be read. */
  private static byte[] beginning(Path path) {
    try (InputStream in = openInflated(path)) {
      return in.readNBytes(ForeignFormat.BEGINNING_BYTES);
    } catch (IOException unreadable) {
      return new byte[0];
    }
  }

  static WtaException cutShort(Path path, EOFException cause) {
    return new WtaException(path + " is cut short", "get it again from its source", cause);
  }

  public static WtaException damaged(Object source, String what) {
    return new WtaException(
        "%s is damaged: %s".formatted(source, what), "get it again from its source");
  }

  public static WtaException explain(Path path, IOException broken) {
    return switch (broken) {
      case NoSuchFileException missing ->
          new WtaException(missing.getFile() + " does not exist", "check the path", missing);
      case EOFException end -> cutShort(path, end);
      case ZipException damaged -> damaged(path, damaged);
      case IOException damaged when ofGzip(damaged) -> damaged(path, damaged);
      default ->
          new WtaException(
              "%s cannot be read: %s".formatted(path, broken),
              "check its permissions and its disk, or get it again from its source",
              broken);
    };
  }

  private static WtaException damaged(Path path, IOException cause) {
    return new WtaException(
        "%s is damaged: %s".formatted(path, cause.getMessage()),
        "get it again from its source",
        cause);
  }

  /** The library has no type of its own for data that is not as gzip has it. */
  private static boolean ofGzip(IOException broken) {
    String message = String.valueOf(broken.getMessage());
    return message.startsWith("Gzip-compressed data") || message.contains(".gz stream");
  }
}
