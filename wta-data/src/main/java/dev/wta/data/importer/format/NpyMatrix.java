package dev.wta.data.importer.format;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.FiniteValues;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A matrix of real numbers in a NumPy file, such as a dictionary.
 *
 * @param values {@code (rows, columns)}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of a matrix, never compared
public record NpyMatrix(float[] values, int rows, int columns) {
  /** NumPy pads headers so that values begin at a multiple of this. */
  private static final int ALIGNMENT = 64;

  private static final int ROWS_AT_ONCE = 256;

  public NpyMatrix {
    if ((long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          "%d values are no matrix of %dx%d".formatted(values.length, rows, columns));
    }
  }

  /**
   * Reads a matrix; numbers of other types are rounded to float32.
   *
   * @throws WtaException if the file is missing, damaged, no matrix, or holds NaN or infinities
   */
  public static NpyMatrix read(Path path) {
    Path scratch = path.resolveSibling(path.getFileName() + ".unpacked");
    try (NpyFile file = NpyFile.open(path, scratch)) {
      int[] extents = file.header().extents();
      if (extents.length != 2) {
        throw new WtaException(
            "%s has the shape %s, and a matrix has two axes".formatted(path, Shape.of(extents)),
            "save an array of shape (rows, columns)");
      }
      int rows = extents[0];
      int columns = extents[1];
      float[] values = new float[IntSize.of(file.header().values(), "numbers of", path)];
      for (int i = 0; i < values.length; i++) {
        int row = i / columns;
        int column = i % columns;
        values[i] = file.real(file.header().fortran() ? (long) column * rows + row : i);
      }
      FiniteValues.require(path.toString(), Shape.of(columns), values, rows, row -> row);
      return new NpyMatrix(values, rows, columns);
    }
  }

  /**
   * Writes the matrix as {@code numpy.save} does, as little-endian float32; the file appears once
   * it is whole.
   *
   * @throws WtaException if it cannot be written
   */
  public void write(Path path) {
    try (AtomicFile out = AtomicFile.create(path)) {
      out.write(header());
      ByteBuffer some =
          ByteBuffer.allocate(ROWS_AT_ONCE * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int row = 0; row < rows; row += ROWS_AT_ONCE) {
        int count = Math.min(ROWS_AT_ONCE, rows - row) * columns;
        some.clear();
        some.asFloatBuffer().put(values, row * columns, count);
        some.limit(count * Float.BYTES);
        while (some.hasRemaining()) {
          out.channel().write(some);
        }
      }
      out.commit();
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be written: %s".formatted(path, failed), "make room for it", failed);
    }
  }

  private byte[] header() {
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, columns);
    int before = 10; // magic number, version and the length of what follows
    int length = (before + dictionary.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - before;
    ByteBuffer header = ByteBuffer.allocate(before + length).order(ByteOrder.LITTLE_ENDIAN);
    header.put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1).put((byte) 0);
    header.putShort((short) length);
    String padded = dictionary + " ".repeat(length - 1 - dictionary.length()) + "\n";
    return header.put(padded.getBytes(StandardCharsets.ISO_8859_1)).array();
  }
}
