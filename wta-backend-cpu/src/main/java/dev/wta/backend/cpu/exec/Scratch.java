package dev.wta.backend.cpu.exec;

import dev.wta.api.WtaException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Arrays that a thread may overwrite, distinguished by their use. A repeated request returns the
 * same array.
 */
public final class Scratch {
  /** What an array is used for: one user at a time each. */
  public enum Use {
    /** Packed panels of a product's right operand. */
    PANELS,
    /** Rows of a product's left operand, transposed or copied. */
    ROWS,
    /** A block of a product's sums. */
    TILE,
    /** A product that is yet to be transposed. */
    PRODUCT,
    /** A block of the code, or an image laid out in columns. */
    BLOCK,
    /** One row: a gradient, a group's activations. */
    ROW,
    /** Winners before they are gathered. */
    CANDIDATES,
    /** How many of them each sample has. */
    COUNTS,
    /** What parts of the units list for each sample. */
    PARTS,
    /** Tiles of an image, transformed. */
    TRANSFORMED,
    /** Their products with filters. */
    PRODUCTS
  }

  /** The longest array that a JVM is sure to make. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  private final Map<Use, float[]> floats = new EnumMap<>(Use.class);
  private final Map<Use, int[]> ints = new EnumMap<>(Use.class);
  private final Map<Class<?>, Object> helpers = new HashMap<>();
  private double[] doubles = new double[0];
  private long[] longs = new long[0];

  /**
   * At least {@code length} floats of whatever the last user left.
   *
   * @throws WtaException if that is more than an array holds
   */
  public float[] floats(Use use, long length) {
    float[] array = floats.get(use);
    if (array == null || array.length < length) {
      array = new float[arrayLength(length)];
      floats.put(use, array);
    }
    return array;
  }

  /**
   * At least {@code length} ints of whatever the last user left.
   *
   * @throws WtaException if that is more than an array holds
   */
  public int[] ints(Use use, long length) {
    int[] array = ints.get(use);
    if (array == null || array.length < length) {
      array = new int[arrayLength(length)];
      ints.put(use, array);
    }
    return array;
  }

  /**
   * At least {@code length} floats that begin at a cache line, for what tiles read vector by
   * vector. It is the array of {@link #floats} for that use.
   */
  public Lines lines(Use use, long length) {
    float[] array = floats(use, length + CacheLines.FLOATS);
    return new Lines(array, CacheLines.first(array));
  }

  /**
   * Floats in an array.
   *
   * @param start the first of them
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  public record Lines(float[] array, int start) {}

  private static int arrayLength(long length) {
    if (length > LONGEST) {
      throw new WtaException(
          "an operation of the CPU backend needs %d numbers in an array, which holds %d at most"
              .formatted(length, LONGEST),
          "use fewer units, a smaller batch, or smaller k");
    }
    return (int) length;
  }

  /** This thread's helper of that type, made by {@code first} when it is first asked for. */
  public <T> T helper(Class<T> type, Supplier<T> first) {
    Object helper = helpers.get(type);
    if (helper == null) {
      helper = first.get();
      helpers.put(type, helper);
    }
    return type.cast(helper);
  }

  /** At least {@code length} doubles, for the partial sums of pieces. */
  public double[] doubles(int length) {
    if (doubles.length < length) {
      doubles = new double[length];
    }
    return doubles;
  }

  /** At least {@code length} longs, for the partial counts of pieces. */
  public long[] longs(int length) {
    if (longs.length < length) {
      longs = new long[length];
    }
    return longs;
  }
}
