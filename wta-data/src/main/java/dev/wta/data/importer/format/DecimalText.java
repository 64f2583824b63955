package dev.wta.data.importer.format;

import java.nio.charset.StandardCharsets;

/** Numbers as text: {@code -1.5e-3}, with spaces or tabs round them or not. */
final class DecimalText {
  /** More digits may not be exact in a float. */
  private static final int EXACT_DIGITS = 7;

  /** All powers of ten that are exact in a float. */
  private static final float[] POWERS = {
    1, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f
  };

  private DecimalText() {}

  /**
   * The float32 nearest to a number.
   *
   * @param text ASCII, of which {@code length} bytes count
   * @return NaN if it is no decimal number, infinite if it is too large
   */
  static float parse(byte[] text, int length) {
    int from = 0;
    int to = length;
    while (from < to && isBlank(text[from])) {
      from++;
    }
    while (from < to && isBlank(text[to - 1])) {
      to--;
    }
    int at = from;
    boolean negative = at < to && text[at] == '-';
    if (at < to && (text[at] == '-' || text[at] == '+')) {
      at++;
    }
    int mantissa = 0; // exact as long as there are few digits
    int significant = 0;
    int digits = 0;
    int point = -1;
    for (; at < to && (isDigit(text[at]) || text[at] == '.' && point < 0); at++) {
      if (text[at] == '.') {
        point = at;
      } else {
        mantissa = 10 * mantissa + (text[at] - '0');
        significant += mantissa == 0 ? 0 : 1;
        digits++;
      }
    }
    if (digits == 0) {
      return Float.NaN;
    }
    int decimals = point < 0 ? 0 : at - point - 1;
    if (at == to && significant <= EXACT_DIGITS && decimals < POWERS.length) {
      float value = mantissa / POWERS[decimals]; // both are exact, so the quotient is the nearest
      return negative ? -value : value;
    }
    return at == to || isExponent(text, at, to)
        ? Float.parseFloat(new String(text, from, to - from, StandardCharsets.ISO_8859_1))
        : Float.NaN;
  }

  private static boolean isExponent(byte[] text, int from, int to) {
    int at = from + 1;
    if (text[from] != 'e' && text[from] != 'E') {
      return false;
    }
    if (at < to && (text[at] == '-' || text[at] == '+')) {
      at++;
    }
    int first = at;
    while (at < to && isDigit(text[at])) {
      at++;
    }
    return at == to && at > first;
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || character == '\t';
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
