package dev.wta.models.exchange.file;

import dev.wta.api.WtaException;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A ZIP archive of which nothing is believed: no entry may claim more bytes than the archive could
 * hold.
 */
public final class StoredZip implements AutoCloseable {
  private static final long MOST_COMPRESSION = 1040; // deflate's is 1032

  private final Path file;
  private final ZipFile zip;
  private final long bytes;

  private StoredZip(Path file, ZipFile zip, long bytes) {
    this.file = file;
    this.zip = zip;
    this.bytes = bytes;
  }

  /**
   * Opens an archive.
   *
   * @param another the remedy where it is none
   * @throws WtaException if it cannot be read, is cut, or no ZIP archive
   */
  public static StoredZip open(Path file, String another) {
    try {
      return new StoredZip(file, new ZipFile(file.toFile()), Files.size(file));
    } catch (ZipException none) {
      throw new WtaException(
          "%s is no ZIP archive, or cut short: %s".formatted(file, none.getMessage()),
          another,
          none);
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  /** The names of all entries. */
  public List<String> names() {
    return zip.stream().map(ZipEntry::getName).toList();
  }

  /**
   * The bytes of an entry before compression; empty if there is none of that name.
   *
   * @throws WtaException if it claims more than the archive could hold
   */
  public Optional<Long> size(String name) {
    return Optional.ofNullable(zip.getEntry(name)).map(this::size);
  }

  private long size(ZipEntry entry) {
    long held = entry.getMethod() == ZipEntry.STORED ? bytes : bytes * MOST_COMPRESSION;
    if (entry.getSize() < 0 || entry.getSize() > held) {
      throw new WtaException(
          "'%s' in %s claims %,d bytes".formatted(entry.getName(), file, entry.getSize()),
          "get the file again from its source");
    }
    return entry.getSize();
  }

  /** An entry from its beginning. */
  public InputStream read(String name) {
    try {
      return zip.getInputStream(zip.getEntry(name));
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException failed) {
      throw WriteFailures.reading(file, failed);
    }
  }
}
