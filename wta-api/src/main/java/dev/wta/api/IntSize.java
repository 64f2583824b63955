package dev.wta.api;

/**
 * Products of sizes, checked to fit an {@code int}. Arrays and extents are counted in ints, so
 * anything larger is refused with an explanation.
 */
public final class IntSize {
  private IntSize() {}

  /** {@link #of(long, String, Object)} where {@code what} is a full description. */
  public static int of(long size, String what) {
    if (size > Integer.MAX_VALUE) {
      throw tooLarge("%,d %s are".formatted(size, what));
    }
    return (int) size;
  }

  /**
   * {@code size} as an int.
   *
   * @param what is counted, such as {@code "winners of the code"}
   * @param of what contains them, such as the code's shape; converted to text only in an error
   * @throws WtaException if that is larger than an int
   */
  public static int of(long size, String what, Object of) {
    if (size > Integer.MAX_VALUE) {
      throw tooLarge("%,d %s %s are".formatted(size, what, of));
    }
    return (int) size;
  }

  public static WtaException tooLarge(String what) {
    return new WtaException(
        what + " more than a Java array holds",
        "use fewer units, a smaller batch, or smaller samples");
  }
}
