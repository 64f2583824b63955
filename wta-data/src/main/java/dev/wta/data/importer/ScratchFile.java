package dev.wta.data.importer;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A temporary file beside an import's output, for what would otherwise have to be held in memory.
 * It is there that room for the output is needed anyway.
 */
public final class ScratchFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final AtomicFile file; // never committed, so that closing removes it
  private final FileChannel channel;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long size;

  private ScratchFile(AtomicFile file) {
    this.file = file;
    this.channel = file.channel();
  }

  /** Creates an empty file. */
  public static ScratchFile beside(Path out) {
    return new ScratchFile(AtomicFile.create(out));
  }

  /** The bytes written so far. */
  public long size() {
    return size;
  }

  /**
   * Adds what a stream holds to the end.
   *
   * @param most how many bytes there should be: one more is read of a longer stream
   * @return the number of bytes added, {@code most + 1} if there are more
   * @throws IOException if the stream fails
   * @throws WtaException if the disk fails
   */
  public long append(InputStream in, long most) throws IOException {
    long left = most + 1;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        break;
      }
      write(ByteBuffer.wrap(buffer, 0, count));
      left -= count;
    }
    return most + 1 - left;
  }

  private void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        size += channel.write(bytes, size);
      }
    } catch (IOException diskFailed) {
      throw new WtaException(
          "what is unpacked cannot be written: " + diskFailed,
          "check the free space of the output's disk",
          diskFailed);
    }
  }

  /** Reads a piece; safe from several threads at once. */
  public byte[] read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("a temporary file was cut short");
      }
    }
    return bytes.array();
  }

  /** Adds so many zero bytes to the end, and maps them for reading and writing. */
  public MemorySegment extend(long bytes, Arena arena) throws IOException {
    MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, size, bytes, arena);
    size += bytes;
    return mapped;
  }

  /** All of it, to be read. */
  public MemorySegment map(Arena arena) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException diskFailed) {
      throw new WtaException(
          "a temporary file cannot be removed: " + diskFailed,
          "look for '.partial' files beside the output",
          diskFailed);
    }
  }
}
