package dev.wta.backend.cpu.accelerator;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Products of bfloat16 matrices by instructions that Java does not reach (AVX512-BF16, AMX). An
 * optional module offers one through {@link java.util.ServiceLoader}. The backend uses it only to
 * tell what cannot win, so its results are the same bits with and without.
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
