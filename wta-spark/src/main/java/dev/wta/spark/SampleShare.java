package dev.wta.spark;

import dev.wta.api.WtaException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.List;
import scala.Tuple2;

/**
 * The rows that one rank keeps, samples and a transcoder's targets, in a mapped file of its
 * machine: of {@code n} ranks, rank {@code r} has rows {@code r, r + n, r + 2n, ...} of the data.
 * Outside the heap, so they may be more than it holds.
 */
final class SampleShare implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment floats;
  private final int size;
  private final int[] widths;
  private final long[] begins; // bytes of a row before each column, and of all columns

  private SampleShare(Path file, int size, int[] widths) throws IOException {
    this.size = size;
    this.widths = widths;
    begins = new long[widths.length + 1];
    for (int c = 0; c < widths.length; c++) {
      begins[c + 1] = begins[c] + (long) widths[c] * Float.BYTES;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      floats = channel.map(FileChannel.MapMode.READ_ONLY, 0, begin(size, 0), arena);
    }
  }

  /**
   * Writes rows to a file that is deleted when this is closed, at the latest with the JVM.
   *
   * @param rows with their numbers in the data, ascending; each has the numbers of each column
   * @param columns what messages call the columns
   * @param folder for the file
   * @throws WtaException if rows of a column differ in length, or a number is not finite
   */
  static SampleShare of(Iterator<Tuple2<Long, float[][]>> rows, List<String> columns, Path folder) {
    try {
      Path file = Files.createTempFile(folder, "wta-samples-", ".floats");
      try {
        int size = 0;
        int[] widths = new int[columns.size()];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
          while (rows.hasNext()) {
            Tuple2<Long, float[][]> row = rows.next();
            for (int c = 0; c < widths.length; c++) {
              float[] numbers = row._2()[c];
              widths[c] = size == 0 ? numbers.length : widths[c];
              require(numbers, widths[c], columns.get(c), row._1());
              ByteBuffer bytes =
                  ByteBuffer.allocate(widths[c] * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
              bytes.asFloatBuffer().put(numbers);
              out.write(bytes.array());
            }
            size = Math.incrementExact(size);
          }
        }
        return new SampleShare(file, size, widths);
      } finally {
        Files.delete(file); // its pages live as long as they are mapped
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("samples cannot be kept in " + folder, failed);
    }
  }

  private static void require(float[] numbers, int width, String column, long row) {
    if (numbers.length != width || width == 0) {
      throw new WtaException(
          "%s has %d numbers in row %,d, and others have %d"
              .formatted(column, numbers.length, row, width),
          "give rows of one length, at least 1");
    }
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new WtaException(
            "%s holds a value that is not a finite number in row %,d".formatted(column, row),
            "repair or leave out that row");
      }
    }
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** The numbers of one row of a column; 0 if there is none. */
  int width(int column) {
    return widths[column];
  }

  /** Appends row {@code i} of this rank to a buffer, in little-endian order. */
  void copy(int i, int column, ByteBuffer to) {
    to.put(floats.asSlice(begin(i, column), begins[column + 1] - begins[column]).asByteBuffer());
  }

  /** Writes row {@code i} of this rank to an array. */
  void copy(int i, int column, float[] to, int offset) {
    MemorySegment.copy(floats, FLOAT, begin(i, column), to, offset, widths[column]);
  }

  private long begin(int i, int column) {
    return i * begins[widths.length] + begins[column];
  }

  @Override
  public void close() {
    arena.close();
  }
}
