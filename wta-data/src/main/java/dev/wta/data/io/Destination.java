package dev.wta.data.io;

import dev.wta.api.WtaException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an output goes: a file that appears once it is whole, see {@link AtomicFile}, or a stream,
 * such as standard output, that takes bytes as they come and stays open.
 */
public final class Destination implements AutoCloseable {
  private final String name;
  private final Path scratchFolder;
  private final Optional<AtomicFile> file;
  private final WritableByteChannel channel;
  private final OutputStream stream;

  private Destination(
      String name,
      Path scratchFolder,
      Optional<AtomicFile> file,
      WritableByteChannel channel,
      OutputStream stream) {
    this.name = name;
    this.scratchFolder = scratchFolder;
    this.file = file;
    this.channel = channel;
    this.stream = stream;
  }

  /**
   * A file that replaces what is at {@code path}, if anything, on {@link #commit}.
   *
   * @throws WtaException if no file can be written there
   */
  public static Destination file(Path path) {
    Path target = AtomicFile.target(path);
    AtomicFile file = AtomicFile.create(path);
    FileChannel channel = file.channel();
    return new Destination(
        path.toString(),
        target.getParent(),
        Optional.of(file),
        channel,
        new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  /** A stream, which is not closed. */
  public static Destination stream(String name, OutputStream stream) {
    OutputStream buffered = new BufferedOutputStream(stream);
    return new Destination(
        name,
        Path.of(System.getProperty("java.io.tmpdir")),
        Optional.empty(),
        Channels.newChannel(buffered),
        buffered);
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** Where temporary files that are needed for this output belong. */
  public Path scratchFolder() {
    return scratchFolder;
  }

  /** Takes the bytes; used instead of {@link #stream}, not beside it. */
  public WritableByteChannel channel() {
    return channel;
  }

  /** Takes the bytes, buffered. */
  public OutputStream stream() {
    return stream;
  }

  /** Hands on what is buffered: a reader of a stream need not wait for more. */
  public void flush() throws IOException {
    stream.flush();
  }

  /** Puts a file in its place, or flushes a stream. */
  public void commit() throws IOException {
    stream.flush();
    if (file.isPresent()) {
      file.get().commit();
    }
  }

  /** The error that says that this cannot be written. */
  public WtaException failed(IOException cause) {
    return new WtaException(
        "%s cannot be written: %s".formatted(name, cause),
        "check the free space of its disk",
        cause);
  }

  /** Removes what was written to a file, unless it was committed. */
  @Override
  public void close() {
    if (file.isPresent()) {
      try {
        file.get().close();
      } catch (IOException diskFailed) {
        throw failed(diskFailed);
      }
    }
  }
}
