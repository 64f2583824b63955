package dev.wta.models.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Random access to bytes: those of a file, or of whatever else keeps them. */
public interface RandomBytes extends Closeable {

  /** How many there are. */
  long size() throws IOException;

  /**
   * Some of them, in little-endian order.
   *
   * @param position of the first
   * @throws EOFException if there are fewer
   */
  ByteBuffer read(long position, int count) throws IOException;

  /** Those of a file of this machine. */
  static RandomBytes of(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    return new RandomBytes() {
      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position()) < 0) {
            throw new EOFException("the file ends early");
          }
        }
        return buffer.flip();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
