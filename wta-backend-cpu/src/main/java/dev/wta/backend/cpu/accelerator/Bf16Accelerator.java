package dev.wta.backend.cpu.accelerator;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Products of bfloat16 matrices by instructions that Java does not reach (AVX512-BF16, AMX). An
 * optional module offers one through {@link java.util.ServiceLoader}. The backend uses it to
 * exclude what cannot win, where results are the same bits with and without, and for the dense
 * products of a view that may round their operands.
 *
 * <p>Matrices lie off the heap. A bfloat16 is the upper half of a float32; where it is subnormal,
 * an accelerator may take it as 0. Products of two are added up in float32, in any order and with
 * or without fusing, rounding to nearest; results that are subnormal may become 0.
 */
public interface Bf16Accelerator {

  /** Its name and version, and the instructions that it uses or would use. */
  String name();

  /** Why it cannot run here; empty where it can. */
  Optional<String> obstacle();

  /** Prepares products of that shape. */
  Product product(Shape shape);

  /**
   * The shape of {@code out (rows, columns) = a (rows, depth) * b (columns, depth)'}.
   *
   * @param stride from one row of {@code out} to the next, at least {@code columns}
   */
  record Shape(int rows, int columns, int depth, int stride) {}

  /** Prepares convolutions of that shape, or gradients of them. */
  Product convolution(Convolution shape);

  /**
   * The shape of {@code maps[n, m, y, x] = sum over c, i, j of images[n, c, y + i - padding, x + j
   * - padding] * filters[m, c, i, j]}, and which of the three is computed of the other two: the
   * maps, the gradient of the images, or that of the filters. Its products take and return float32,
   * row by row, and round their operands: {@code a} is {@link #first}, {@code b} is {@link
   * #second}.
   */
  record Convolution(
      Operand result,
      int samples,
      int channels,
      int height,
      int width,
      int maps,
      int windowHeight,
      int windowWidth,
      int padding) {
    /** The operands of a convolution. */
    public enum Operand {
      /** {@code (samples, channels, height, width)}. */
      IMAGES,
      /** {@code (maps, channels, windowHeight, windowWidth)}. */
      FILTERS,
      /** {@code (samples, maps, map height, map width)}. */
      MAPS
    }

    /** The images, or the maps where images are the result. */
    public Operand first() {
      return result == Operand.IMAGES ? Operand.MAPS : Operand.IMAGES;
    }

    /** The filters, or the maps where filters are the result. */
    public Operand second() {
      return result == Operand.FILTERS ? Operand.MAPS : Operand.FILTERS;
    }

    /** The same of other samples. */
    public Convolution of(int count) {
      return new Convolution(
          result, count, channels, height, width, maps, windowHeight, windowWidth, padding);
    }

    public long elements(Operand operand) {
      long elements = 1;
      for (long extent : extents(operand)) {
        elements *= extent;
      }
      return elements;
    }

    public long[] extents(Operand operand) {
      return switch (operand) {
        case IMAGES -> new long[] {samples, channels, height, width};
        case FILTERS -> new long[] {maps, channels, windowHeight, windowWidth};
        case MAPS ->
            new long[] {
              samples,
              maps,
              height + 2L * padding - windowHeight + 1,
              width + 2L * padding - windowWidth + 1
            };
      };
    }
  }

  /** Products of one shape, for one thread at a time. */
  interface Product extends AutoCloseable {
    /** The bytes of a packed {@code b}. */
    long packedBytes();

    /**
     * Lays {@code b} out for {@link #multiply} of any product of this shape.
     *
     * @param b {@code (columns, depth)}, bfloat16
     * @param packed {@link #packedBytes} bytes, aligned to 64
     */
    void pack(MemorySegment b, MemorySegment packed);

    /**
     * Multiplies on the calling thread.
     *
     * @param a {@code (rows, depth)}, bfloat16, aligned to 64
     * @param packed what {@link #pack} made of {@code b}
     * @param out {@code (rows, columns)}, float32, rows {@code stride} apart
     */
    void multiply(MemorySegment a, MemorySegment packed, MemorySegment out);

    /** Frees what native memory it has. */
    @Override
    void close();
  }
}
