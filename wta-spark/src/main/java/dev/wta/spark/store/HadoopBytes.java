package dev.wta.spark.store;

import dev.wta.models.io.RandomBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The bytes of a file on any file system of Hadoop. For one thread. */
public final class HadoopBytes implements RandomBytes {
  private final long size;
  private final FSDataInputStream in;

  public HadoopBytes(String folder, String name, Configuration conf) throws IOException {
    Path file = new Path(folder, name);
    FileSystem system = file.getFileSystem(conf);
    size = system.getFileStatus(file).getLen();
    in = system.open(file);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ByteBuffer read(long position, int count) throws IOException {
    if (in.getPos() != position) {
      in.seek(position);
    }
    byte[] bytes = new byte[count];
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
