package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.compression.BufferCodec;
import dev.wta.data.io.MappedFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files with compressed buffers, as Feather has them by default: they are unpacked once, into a
 * temporary file that is then read in place as any other.
 *
 * @param file without compression
 * @param index where its parts are
 */
record Uncompressed(MappedFile file, ArrowIndex index) {
  private static final Logger log = LoggerFactory.getLogger(Uncompressed.class);

  /** The magic number of the file format and its padding, which a stream follows. */
  private static final int FILE_BEGINNING = 8;

  /**
   * The file itself, or its content without compression, in which case the file is closed.
   *
   * @throws WtaException if it is damaged, or the disk is full; the file is closed
   */
  static Uncompressed of(MappedFile file) {
    boolean kept = false;
    try {
      ArrowIndex index = file.parse("its record batches", () -> ArrowIndex.of(file));
      if (file.parse("its record batches", () -> isCompressed(index))) {
        MappedFile copy = copy(file);
        return new Uncompressed(copy, ArrowIndex.of(copy));
      }
      kept = true;
      return new Uncompressed(file, index);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private static boolean isCompressed(ArrowIndex index) {
    return Stream.concat(
            index.recordBatches().stream().map(ArrowMessage::recordBatch),
            index.dictionaries().stream().map(message -> message.dictionaryBatch().data()))
        .anyMatch(batch -> batch != null && batch.compression() != null);
  }

  private static MappedFile copy(MappedFile file) {
    try {
      Path path = Files.createTempFile("wta", ".arrow");
      path.toFile().deleteOnExit(); // where a mapped file cannot be deleted
      try {
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
          unpack(file, out);
        }
        log.info("{} is compressed, and was unpacked to {} bytes", file.name(), Files.size(path));
        return MappedFile.open(path, file.name());
      } finally {
        deleteIfPossible(path);
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be unpacked: %s".formatted(file.name(), failed.getMessage()),
          "make room in %s, or write it without compression"
              .formatted(System.getProperty("java.io.tmpdir")),
          failed);
    }
  }

  /** Removes a mapped file that is read on, or leaves that to the end of the process. */
  static void deleteIfPossible(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException inUse) {
      log.debug("{} is deleted at the end", path, inUse);
    }
  }

  private static void unpack(MappedFile file, FileChannel out) throws IOException {
    boolean footer = file.bytes().get(ValueLayout.JAVA_BYTE, 0) == 'A';
    MemorySegment stream = file.bytes().asSlice(footer ? FILE_BEGINNING : 0);
    try (BufferAllocator allocator = new RootAllocator();
        InputStream in = new SegmentStream(stream);
        ArrowStreamReader reader =
            new ArrowStreamReader(
                Channels.newChannel(in), allocator, BufferCodec.Factory.INSTANCE);
        ArrowStreamWriter writer =
            new ArrowStreamWriter(reader.getVectorSchemaRoot(), reader, out)) {
      while (reader.loadNextBatch()) {
        writer.writeBatch();
      }
      writer.end();
    } catch (RuntimeException broken) { // Arrow's reader trusts what it reads
      throw broken instanceof WtaException told
          ? told
          : new WtaException(
              "%s is damaged: its compressed record batches cannot be read (%s)"
                  .formatted(file.name(), broken.getClass().getSimpleName()),
              "copy or write it again",
              broken);
    }
  }

  /** Memory as a stream. */
  private static final class SegmentStream extends InputStream {
    private final MemorySegment bytes;
    private long position;

    SegmentStream(MemorySegment bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return position == bytes.byteSize()
          ? -1
          : Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, position++));
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (position == bytes.byteSize()) {
        return -1;
      }
      int count = (int) Math.min(length, bytes.byteSize() - position);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
      position += count;
      return count;
    }
  }
}
