package dev.wta.backend.cpu.vector;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The species of every kernel, of the width that {@link VectorWidth} returns. They are constants
 * because the compiler turns vector operations into instructions only where it knows the species.
 */
public final class Lanes {
  public static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorWidth.shape());

  /** The floats in a vector. */
  public static final int COUNT = FLOATS.length();

  static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorWidth.shape());

  /** As many floats as {@link #DOUBLES} has lanes, for sums in double precision. */
  static final VectorSpecies<Float> HALF_FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

  /** The lanes of {@link #DOUBLES} and {@link #HALF_FLOATS}. */
  static final int HALF_COUNT = DOUBLES.length();

  private Lanes() {}

  /** The largest multiple of the lane count that is not above {@code length}. */
  public static int bound(int length) {
    return length & -COUNT;
  }

  /** {@code length} rounded up to whole vectors. */
  public static int padded(int length) {
    return (length + COUNT - 1) & -COUNT;
  }
}
