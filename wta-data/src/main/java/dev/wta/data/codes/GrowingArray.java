package dev.wta.data.codes;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Numbers of one type in a temporary file, which closing removes. */
record GrowingArray(FileChannel channel) implements AutoCloseable {
  static GrowingArray in(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, ".wta-codes", ".partial");
    file.toFile().deleteOnExit();
    return new GrowingArray(
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** All of them, until {@code arena} is closed. */
  MemorySegment map(Arena arena) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
  }

  void copyTo(OutputStream out) throws IOException {
    channel.position(0);
    Channels.newInputStream(channel).transferTo(out);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
