package dev.wta.models.storage;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Rows of features in a temporary file: float32, little-endian, row after row. Rows are read
 * through a buffer instead of mapped, so that the process's resident memory stays as small as the
 * buffer; what memory is free, the system's cache of the file takes.
 *
 * <p>The file is deleted when it is closed. Where the system lets open files be deleted, it has no
 * name from the beginning, so nothing is left of it however the process ends. It is used by one
 * thread at a time.
 */
public final class FeatureFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 4 << 20;

  private final Path path;
  private final FileChannel channel;
  private final int samples;
  private final int width;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long written;
  private long bytesRead;
  private long nanosReading;

  private FeatureFile(Path path, FileChannel channel, int samples, int width) {
    this.path = path;
    this.channel = channel;
    this.samples = samples;
    this.width = width;
  }

  /**
   * Begins a file.
   *
   * @throws WtaException if it cannot be made, or the folder's disk has no room for it
   */
  public static FeatureFile create(Path folder, int samples, int width) {
    Path path = folder.resolve(".wta-features-%s.f32".formatted(UUID.randomUUID()));
    long bytes = (long) samples * width * Float.BYTES;
    try {
      long room = Files.getFileStore(folder).getUsableSpace();
      if (room < bytes) {
        throw new WtaException(
            "%,d x %,d features take %,d MiB, and %s has room for %,d MiB"
                .formatted(samples, width, bytes >> 20, folder, room >> 20),
            "name a folder on another disk by -D%s=DIR, pool the maps by coarser windows, or use"
                    .formatted(FeatureStorage.FOLDER)
                + " fewer samples");
      }
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      return new FeatureFile(path, channel, samples, width);
    } catch (IOException failed) {
      throw failure(path, failed);
    }
  }

  public int samples() {
    return samples;
  }

  /** The number of features of each sample. */
  public int width() {
    return width;
  }

  /** How often the whole of it was read, counted by bytes. */
  public double passes() {
    return bytesRead / Math.max(1.0, (double) samples * width * Float.BYTES);
  }

  /** How often all of it was read, and how long that took, in words. */
  public String traffic() {
    return String.format(
        Locale.ROOT,
        "the file of features was read %.1f times, in %.0f s",
        passes(),
        nanosReading / 1e9);
  }

  /**
   * Adds rows behind those that are there.
   *
   * @param rows {@code (count, width)}, and possibly more
   */
  public void append(float[] rows, int count) {
    try {
      int end = Math.multiplyExact(count, width);
      for (int at = 0; at < end; ) {
        int part = Math.min(end - at, BUFFER_BYTES / Float.BYTES);
        buffer.clear();
        buffer.asFloatBuffer().put(rows, at, part);
        buffer.limit(part * Float.BYTES);
        while (buffer.hasRemaining()) {
          written += channel.write(buffer, written);
        }
        at += part;
      }
    } catch (IOException failed) {
      throw failure(path, failed);
    }
  }

  /**
   * Reads rows.
   *
   * @param out {@code (count, width)} from {@code offset} on
   */
  public void read(int from, int count, float[] out, int offset) {
    if (from < 0 || count < 0 || from > samples - count) {
      throw new IndexOutOfBoundsException(
          "rows %d to %d of %d".formatted(from, from + count, samples));
    }
    long start = System.nanoTime();
    long position = (long) from * width * Float.BYTES;
    int at = offset;
    int end = offset + Math.multiplyExact(count, width);
    try {
      while (at < end) {
        int part = Math.min(end - at, BUFFER_BYTES / Float.BYTES);
        buffer.clear().limit(part * Float.BYTES);
        while (buffer.hasRemaining()) {
          int read = channel.read(buffer, position);
          if (read < 0) {
            throw new IOException("the file ends at byte " + position);
          }
          position += read;
        }
        buffer.flip();
        buffer.asFloatBuffer().get(out, at, part);
        at += part;
      }
    } catch (IOException failed) {
      throw failure(path, failed);
    }
    bytesRead += (long) count * width * Float.BYTES;
    nanosReading += System.nanoTime() - start;
  }

  private static WtaException failure(Path path, IOException failed) {
    return new WtaException(
        "features cannot be kept in %s: %s".formatted(path, failed),
        "name a folder with room by -D%s=DIR".formatted(FeatureStorage.FOLDER),
        failed);
  }

  /** Closes and deletes the file. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      throw failure(path, failed);
    }
  }
}
