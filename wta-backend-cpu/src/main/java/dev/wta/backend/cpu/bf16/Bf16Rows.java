package dev.wta.backend.cpu.bf16;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rounds rows of float32 to bfloat16, to nearest and even. The elements of two vectors come pair by
 * pair, which needs no shuffling; an inner product does not mind, as both sides have that order.
 */
public final class Bf16Rows {
  /** The elements of two vectors. */
  private static final int PAIR = 2 * COUNT;

  /** Not a number, in bfloat16: rounding the bits of some would make others of them. */
  private static final int NAN = 0x7FC00000;

  private static final int HALF = Short.SIZE;
  private static final int UPPER = 0xFFFF0000;
  private static final int INFINITY = 0x7F800000;

  private Bf16Rows() {}

  /** How many elements a rounded row has: those beyond {@code length} are 0. */
  public static int padded(int length) {
    return Math.ceilDiv(length, PAIR) * PAIR;
  }

  /**
   * Rounds a row {@code x} to {@code x^}.
   *
   * @param out where {@link #padded} elements of two bytes go, from {@code to} bytes on
   * @param squares gets the float32 sums of the squares of {@code x} and of {@code x - x^}
   */
  public static void round(
      float[] x, int from, int length, MemorySegment out, long to, float[] squares) {
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector errorSum = FloatVector.zero(FLOATS);
    int whole = length - length % PAIR;
    float[] last = new float[length == whole ? 0 : PAIR];
    System.arraycopy(x, from + whole, last, 0, length - whole);
    long at = to;
    for (int i = 0; i < length; i += PAIR) {
      float[] source = i < whole ? x : last;
      int start = i < whole ? from + i : 0;
      FloatVector low = FloatVector.fromArray(FLOATS, source, start);
      FloatVector high = FloatVector.fromArray(FLOATS, source, start + COUNT);
      IntVector lowBits = rounded(low);
      IntVector highBits = rounded(high);
      FloatVector lowError = low.sub(lowBits.reinterpretAsFloats());
      FloatVector highError = high.sub(highBits.reinterpretAsFloats());
      sum = high.fma(high, low.fma(low, sum));
      errorSum = highError.fma(highError, lowError.fma(lowError, errorSum));
      lowBits
          .lanewise(VectorOperators.LSHR, HALF)
          .or(highBits)
          .intoMemorySegment(out, at, ByteOrder.nativeOrder());
      at += 2L * PAIR;
    }
    squares[0] = sum.reduceLanes(VectorOperators.ADD);
    squares[1] = errorSum.reduceLanes(VectorOperators.ADD);
  }

  /** The bits of {@code x^} as a float32: the lower half is 0. */
  private static IntVector rounded(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, HALF).and(1);
    IntVector nearest = bits.add(odd).add(0x7FFF).and(UPPER);
    // Above the bits of infinity, without the sign.
    return nearest.blend(NAN, bits.and(Integer.MAX_VALUE).compare(VectorOperators.GT, INFINITY));
  }
}
