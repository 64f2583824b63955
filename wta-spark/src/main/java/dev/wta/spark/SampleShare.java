package dev.wta.spark;

import dev.wta.api.WtaException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import scala.Tuple2;

/**
 * The samples that one rank keeps, in a mapped file of its machine: of {@code n} ranks, rank {@code
 * r} has samples {@code r, r + n, r + 2n, ...} of the data. Outside the heap, so they may be more
 * than it holds.
 */
final class SampleShare implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment floats;
  private final int size;
  private final int width;

  private SampleShare(Path file, int size, int width) throws IOException {
    this.size = size;
    this.width = width;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      floats =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) size * width * Float.BYTES, arena);
    }
  }

  /**
   * Writes samples to a file that is deleted when this is closed, at the latest with the JVM.
   *
   * @param samples with their numbers in the data, ascending
   * @param folder for the file
   * @throws WtaException if samples differ in length
   */
  static SampleShare of(Iterator<Tuple2<Long, float[]>> samples, Path folder) {
    try {
      Path file = Files.createTempFile(folder, "wta-samples-", ".floats");
      try {
        int size = 0;
        int width = 0;
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
          while (samples.hasNext()) {
            Tuple2<Long, float[]> sample = samples.next();
            float[] numbers = sample._2();
            width = size == 0 ? numbers.length : width;
            if (numbers.length != width || width == 0) {
              throw new WtaException(
                  "sample %,d has %d numbers, and others have %d"
                      .formatted(sample._1(), numbers.length, width),
                  "give samples of one length, at least 1");
            }
            ByteBuffer bytes =
                ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(numbers);
            out.write(bytes.array());
            size = Math.incrementExact(size);
          }
        }
        return new SampleShare(file, size, width);
      } finally {
        Files.delete(file); // its pages live as long as they are mapped
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("samples cannot be kept in " + folder, failed);
    }
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** The numbers of one sample; 0 if there is none. */
  int width() {
    return width;
  }

  /** Appends sample {@code i} of this rank to a buffer, in little-endian order. */
  void copy(int i, ByteBuffer to) {
    long bytes = (long) width * Float.BYTES;
    to.put(floats.asSlice(i * bytes, bytes).asByteBuffer());
  }

  /** Writes sample {@code i} of this rank to an array. */
  void copy(int i, float[] to, int offset) {
    MemorySegment.copy(floats, FLOAT, (long) i * width * Float.BYTES, to, offset, width);
  }

  @Override
  public void close() {
    arena.close();
  }
}
