package dev.wta.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * This machine's files, {@code gate:///...}, where a checkpoint cannot be completed before a test
 * allows it: a training stands still there, however fast it is.
 */
public final class GatedFileSystem extends RawLocalFileSystem {
  private static final URI NAME = URI.create("gate:///");
  private static final String COMPLETE = ".complete.json";

  /** Made beside a checkpoint that waits. */
  static final String WAITING = "waiting";

  /** The file that lets it continue. */
  static final String OPEN = "open";

  /** The step whose checkpoint waits, a key of Hadoop's configuration. */
  static final String STEP = "wta.test.gate.step";

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return NAME.getScheme();
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (file.getName().equals(getConf().get(STEP) + COMPLETE)) {
      await(pathToFile(file.getParent().getParent()).toPath());
    }
    return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static void await(Path folder) throws IOException {
    Files.writeString(folder.resolve(WAITING), "");
    try {
      while (!Files.exists(folder.resolve(OPEN))) {
        Thread.sleep(10);
      }
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }
}
