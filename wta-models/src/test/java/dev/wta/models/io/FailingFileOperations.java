package dev.wta.models.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A disk whose power fails in the course of one operation: a write is cut short, and nothing works
 * afterwards.
 */
public final class FailingFileOperations implements FileOperations {

  /**
   * Thrown by the operation in which the power fails, and by those that are still tried after it.
   */
  public static final class PowerCut extends IOException {
    PowerCut() {
      super("the power is off");
    }
  }

  private final int failing;
  private int operations;

  /**
   * @param failing the operation in which the power fails, from 0
   */
  public FailingFileOperations(int failing) {
    this.failing = failing;
  }

  public boolean failed() {
    return operations > failing;
  }

  private boolean fails() throws PowerCut {
    if (operations > failing) {
      throw new PowerCut();
    }
    return operations++ == failing;
  }

  @Override
  public void write(Path file, Content content) throws IOException {
    if (fails()) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      content.writeTo(whole);
      Files.write(file, Arrays.copyOf(whole.toByteArray(), whole.size() / 2));
      throw new PowerCut();
    }
    REAL.write(file, content);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    if (fails()) {
      throw new PowerCut();
    }
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    if (fails()) {
      throw new PowerCut();
    }
    REAL.delete(file);
  }

  @Override
  public void sync(Path directory) throws IOException {
    if (fails()) {
      throw new PowerCut();
    }
    REAL.sync(directory);
  }
}
