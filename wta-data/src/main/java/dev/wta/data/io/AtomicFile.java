package dev.wta.data.io;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;

/**
 * A file that is written beside its place and renamed once it is whole: whatever happens, the place
 * holds the old file or the new one. A process that is killed leaves at most a hidden {@code
 * .name.….partial} beside it.
 *
 * <p>A symbolic link stays, and the file that it leads to is replaced; the new file gets the
 * permissions of the one that it replaces. What is no plain file, or is write-protected, is
 * refused.
 */
public final class AtomicFile implements AutoCloseable {
  /** Where Linux shows processes and what each has open; elsewhere there is no such folder. */
  private static final Path PROCESSES = Path.of("/proc");

  private final Path path;
  private final Path partial;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path path, Path partial, FileChannel channel) {
    this.path = path;
    this.partial = partial;
    this.channel = channel;
  }

  /**
   * Creates a file that replaces the one at {@code path}, if there is one, once it is committed.
   *
   * @throws WtaException if no file can be written there, as {@link #target} says
   */
  public static AtomicFile create(Path path) {
    Path target = target(path);
    Path folder = target.getParent();
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
      return new AtomicFile(target, partial, channel);
    } catch (IOException unwritable) {
      throw new WtaException(
          "no file can be written to %s: %s".formatted(folder, unwritable),
          "check its permissions and its disk",
          unwritable);
    }
  }

  /**
   * Where a file written to {@code path} would be: the end of the links that {@code path} may go
   * through. Nothing is written yet.
   *
   * @throws WtaException if the place is in no folder, or taken by a folder, a device, a pipe, a
   *     socket, a file that is write-protected or a link that leads nowhere
   */
  public static Path target(Path path) {
    Path absolute = path.toAbsolutePath();
    if (absolute.getFileName() == null || Files.isDirectory(absolute)) {
      throw new WtaException(
          path + " is a folder", "give a path at which nothing is yet, such as one in it");
    }
    if (!Files.isDirectory(absolute.getParent())) {
      throw new WtaException(
          "there is no folder %s for %s".formatted(absolute.getParent(), path), "create it first");
    }
    try {
      if (Files.exists(absolute)) {
        requireReplaceable(path, absolute);
        return absolute.toRealPath();
      }
      if (Files.isSymbolicLink(absolute)) {
        throw new WtaException(
            "%s is a link to %s, which is not there"
                .formatted(path, Files.readSymbolicLink(absolute)),
            "give that path itself, or remove the link");
      }
      return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    } catch (IOException unreadable) {
      throw new WtaException(
          "no file can be written to %s: %s".formatted(path, unreadable),
          "check its permissions and its disk",
          unreadable);
    }
  }

  private static void requireReplaceable(Path path, Path existing) throws IOException {
    if (!Files.isRegularFile(existing) || isOpenFile(existing)) {
      throw new WtaException(
          "%s is a device, a pipe or a socket, and would be replaced by a file".formatted(path),
          "give the path of a file, and send that on when it is written");
    }
    if (!Files.isWritable(existing)) {
      throw new WtaException(
          path + " is write-protected", "change its permissions, or give another path");
    }
  }

  /** Whether it is {@code /dev/stdout} or another name of what a process has open. */
  private static boolean isOpenFile(Path existing) throws IOException {
    Path folder = existing.getParent().toRealPath();
    if (Files.isSymbolicLink(existing)) {
      Path next = folder.resolve(Files.readSymbolicLink(existing)).getParent();
      return folder.startsWith(PROCESSES) || next.toRealPath().startsWith(PROCESSES);
    }
    return folder.startsWith(PROCESSES);
  }

  /**
   * Gives a file the permissions of another one that it is about to replace, and its owner and
   * group as far as the system lets this user; does nothing if there is no such file.
   *
   * @param replaced the file that is there
   * @param by the new file, written and not in its place yet
   */
  public static void keepMode(Path replaced, Path by) throws IOException {
    PosixFileAttributeView there =
        Files.getFileAttributeView(replaced, PosixFileAttributeView.class);
    if (there == null || !Files.exists(replaced)) {
      return; // Windows, where a new file has the folder's permissions
    }
    PosixFileAttributes old = there.readAttributes();
    PosixFileAttributeView view = Files.getFileAttributeView(by, PosixFileAttributeView.class);
    PosixFileAttributes written = view.readAttributes();
    try {
      if (!old.group().equals(written.group())) {
        view.setGroup(old.group());
      }
      if (!old.owner().equals(written.owner())) {
        view.setOwner(old.owner());
      }
    } catch (FileSystemException notAllowed) {
      // as every program that replaces files: the writer owns what it wrote
    }
    if (!old.permissions().equals(written.permissions())) {
      view.setPermissions(old.permissions());
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
    keepMode(path, partial);
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
