package dev.wta.data.array;

import dev.wta.api.WtaException;
import dev.wta.data.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The types of values that arrays of numbers have, by what follows the byte order in a header. */
public enum NpyType {
  BOOL("b1", 1, true),
  INT8("i1", 1, true),
  UINT8("u1", 1, true),
  INT16("i2", 2, true),
  UINT16("u2", 2, true),
  INT32("i4", 4, true),
  UINT32("u4", 4, true),
  INT64("i8", 8, true),
  UINT64("u8", 8, true),
  FLOAT16("f2", 2, false),
  FLOAT32("f4", 4, false),
  FLOAT64("f8", 8, false);

  private static final ValueLayout.OfShort SHORT_LE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT_LE =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String code;
  private final int bytes;
  private final boolean integral;

  NpyType(String code, int bytes, boolean integral) {
    this.code = code;
    this.bytes = bytes;
    this.integral = integral;
  }

  /** The type of a description such as {@code <f4}, without its byte order. */
  public static NpyType of(Path path, String description) {
    String bare = description.substring(1);
    return Arrays.stream(values())
        .filter(type -> type.code.equals(bare))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "%s holds values of type '%s'".formatted(path, description),
                    "save it as one of "
                        + Arrays.stream(values())
                            .map(type -> type.code)
                            .collect(Collectors.joining(", "))));
  }

  public int bytes() {
    return bytes;
  }

  /** Whether the values are whole numbers. */
  public boolean integral() {
    return integral;
  }

  /** What such values become in a data set. */
  public ElementType imported() {
    return integral ? ElementType.UINT8 : ElementType.FLOAT32;
  }

  /**
   * The whole number at a place. What is not below 2^63 shows as negative.
   *
   * @param swapped whether the array is big-endian
   */
  public long integer(MemorySegment values, long index, boolean swapped) {
    long at = index * bytes;
    return switch (this) {
      case BOOL, UINT8 -> Byte.toUnsignedLong(values.get(ValueLayout.JAVA_BYTE, at));
      case INT8 -> values.get(ValueLayout.JAVA_BYTE, at);
      case INT16 -> shortAt(values, at, swapped);
      case UINT16 -> Short.toUnsignedLong(shortAt(values, at, swapped));
      case INT32 -> intAt(values, at, swapped);
      case UINT32 -> Integer.toUnsignedLong(intAt(values, at, swapped));
      case INT64, UINT64 -> longAt(values, at, swapped);
      case FLOAT16, FLOAT32, FLOAT64 -> throw new IllegalStateException(this + " is not integral");
    };
  }

  /** The number at a place, rounded to the nearest that a float can be. */
  public float real(MemorySegment values, long index, boolean swapped) {
    long at = index * bytes;
    return switch (this) {
      case FLOAT16 -> Float.float16ToFloat(shortAt(values, at, swapped));
      case FLOAT32 -> Float.intBitsToFloat(intAt(values, at, swapped));
      case FLOAT64 -> (float) Double.longBitsToDouble(longAt(values, at, swapped));
      default -> integer(values, index, swapped);
    };
  }

  /** The number at a place as it is there. */
  public double exact(MemorySegment values, long index, boolean swapped) {
    return this == FLOAT64
        ? Double.longBitsToDouble(longAt(values, index * bytes, swapped))
        : real(values, index, swapped);
  }

  private static short shortAt(MemorySegment values, long at, boolean swapped) {
    short value = values.get(SHORT_LE, at);
    return swapped ? Short.reverseBytes(value) : value;
  }

  private static int intAt(MemorySegment values, long at, boolean swapped) {
    int value = values.get(INT_LE, at);
    return swapped ? Integer.reverseBytes(value) : value;
  }

  private static long longAt(MemorySegment values, long at, boolean swapped) {
    long value = values.get(LONG_LE, at);
    return swapped ? Long.reverseBytes(value) : value;
  }
}
