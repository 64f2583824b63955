package dev.wta.data.io;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * A file mapped into memory, read only: it may be larger than the memory, and any place of it is
 * reached at once. What it holds is not trusted: each access is checked against the file's end.
 */
public final class MappedFile implements AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(String name, Arena arena, MemorySegment bytes) {
    this.name = name;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Maps a file.
   *
   * @throws WtaException if it is missing, empty, no file, or not to be read
   */
  public static MappedFile open(Path path) {
    return open(path, path.toString());
  }

  /** The same under another name. */
  public static MappedFile open(Path path, String name) {
    if (Files.isDirectory(path)) {
      throw new WtaException(path + " is a folder", "give a file");
    }
    SpecialFile.refuse(path, "copy what it sends to a file, and give that");
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() == 0) {
        throw new WtaException(name + " is empty", "copy or write it again");
      }
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      opened = true;
      return new MappedFile(name, arena, bytes);
    } catch (NoSuchFileException missing) {
      throw new WtaException(path + " does not exist", "check the path", missing);
    } catch (IOException unreadable) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(path, unreadable),
          "check its permissions and its disk",
          unreadable);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /** What is in memory already, read as a file would be. */
  public static MappedFile of(String name, byte[] content) {
    return new MappedFile(name, Arena.ofShared(), MemorySegment.ofArray(content));
  }

  public String name() {
    return name;
  }

  public long size() {
    return bytes.byteSize();
  }

  /** All of the file. Access beyond its end throws {@link IndexOutOfBoundsException}. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** The little-endian number at {@code offset}, within {@code part} of the file. */
  public int int32(long offset, String part) {
    requireWithin(offset, Integer.BYTES, part);
    return bytes.get(INT, offset);
  }

  /** A little-endian view of some bytes, within {@code part} of the file. */
  public ByteBuffer view(long offset, long length, String part) {
    requireWithin(offset, length, part);
    if (length > Integer.MAX_VALUE) {
      throw damaged(part + " of %d bytes at byte %d".formatted(length, offset));
    }
    return bytes.asSlice(offset, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies numbers, widened to floats.
   *
   * @param position the byte of the first
   * @param offset where in {@code target} it goes
   * @throws WtaException if the file was changed meanwhile
   */
  public void copy(NumberType type, long position, int count, float[] target, int offset) {
    try {
      type.copy(bytes, position, count, target, offset);
    } catch (InternalError fault) { // how the JVM reports a mapped page that is gone
      throw new WtaException(
          name + " was changed or cut short while it was read",
          "leave it alone during a run",
          fault);
    }
  }

  /**
   * Checks that an extent is in the file.
   *
   * @throws WtaException if it is not: the file was cut short, or is damaged
   */
  public void requireWithin(long offset, long length, String part) {
    if (offset < 0 || length < 0) {
      throw damaged("%s of %d bytes at byte %d".formatted(part, length, offset));
    }
    if (offset > size() || length > size() - offset) {
      throw new WtaException(
          "%s is cut short or damaged: %s should have %d bytes from byte %d, and the file ends at byte %d"
              .formatted(name, part, length, offset, size()),
          "copy or write it again");
    }
  }

  /**
   * Runs a parser over bytes that may be damaged. FlatBuffers for Java verifies nothing, so damaged
   * bytes show as any kind of runtime exception, which becomes one that names the file.
   */
  public <T> T parse(String part, Supplier<T> parser) {
    try {
      return parser.get();
    } catch (WtaException explained) {
      throw explained;
    } catch (RuntimeException broken) {
      throw new WtaException(
          "%s is damaged: %s cannot be read (%s)"
              .formatted(name, part, broken.getClass().getSimpleName()),
          "copy or write it again",
          broken);
    }
  }

  public WtaException damaged(String found) {
    return new WtaException(
        "%s is damaged: it has %s".formatted(name, found), "copy or write it again");
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
