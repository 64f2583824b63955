package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock that admits one trainer to a run at a time, among all processes. The system drops it when
 * the process dies.
 */
final class RunLock implements AutoCloseable {
  static final String NAME = ".lock";

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws WtaException if another trainer has it
   */
  static RunLock take(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new WtaException(
            "%s is being trained by another process".formatted(directory),
            "wait for it to end, or stop it");
      }
      return new RunLock(file, channel);
    } catch (IOException failed) {
      throw WriteFailures.writing(file, failed);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldHere) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      throw WriteFailures.writing(file, failed);
    }
  }
}
