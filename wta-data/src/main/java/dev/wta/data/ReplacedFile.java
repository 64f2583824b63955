package dev.wta.data;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is written beside its place and renamed once it is whole: whatever happens, the place
 * holds the old file or the new one. A process that is killed leaves at most a hidden {@code
 * .name.….partial} beside it.
 */
public final class ReplacedFile implements AutoCloseable {
  private final Path path;
  private final Path partial;
  private final FileChannel channel;
  private boolean committed;

  private ReplacedFile(Path path, Path partial, FileChannel channel) {
    this.path = path;
    this.partial = partial;
    this.channel = channel;
  }

  /**
   * Begins a file that is to replace what is at {@code path}, if anything.
   *
   * @throws WtaException if no file can be written there
   */
  public static ReplacedFile create(Path path) {
    Path target = path.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new WtaException(path + " is a folder", "give the path of a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new WtaException(
          "there is no folder %s for %s".formatted(folder, path), "create it first");
    }
    Path partial =
        folder.resolve(".%s.%s.partial".formatted(target.getFileName(), UUID.randomUUID()));
    try {
      FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      // For a process that is interrupted while it writes.
      partial.toFile().deleteOnExit();
      return new ReplacedFile(target, partial, channel);
    } catch (IOException unwritable) {
      throw new WtaException(
          "no file can be written to %s: %s".formatted(folder, unwritable),
          "check its permissions and its disk",
          unwritable);
    }
  }

  /** What is written so far, to write to and to read. */
  public FileChannel channel() {
    return channel;
  }

  /** Adds text, in UTF-8, to what is written so far. */
  public void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds bytes to what is written so far. */
  public void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** Puts the file in its place, on the disk. */
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
  }

  /** Removes what was written, unless it was committed. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(partial);
    }
  }
}
