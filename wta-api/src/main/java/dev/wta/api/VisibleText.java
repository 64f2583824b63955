package dev.wta.api;

/**
 * Escapes text from outside, such as the names of files and classes, for printing. Control
 * characters (which move the cursor, recolour or clear a terminal), marks that change the direction
 * of writing (which let a name read as another) and other invisible characters become escapes such
 * as {@code \u202e}, as JSON and Java write them. Joiners (U+200C, U+200D) stay, for some scripts
 * need them.
 */
public final class VisibleText {
  private VisibleText() {}

  /** Text of several lines: line breaks and tabs stay. */
  public static String of(String text) {
    return escaped(text, true);
  }

  /** Text that has to stay on one line: line breaks and tabs become {@code \n}, {@code \t}, too. */
  public static String line(String text) {
    return escaped(text, false);
  }

  private static String escaped(String text, boolean lines) {
    StringBuilder out = null; // most text needs none
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      boolean stays = isVisible(c) || (lines && isLayout(text, i));
      if (!stays && out == null) {
        out = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (out != null) {
        append(out, c, stays);
      }
    }
    return out == null ? text : out.toString();
  }

  private static void append(StringBuilder out, int c, boolean stays) {
    if (stays) {
      out.appendCodePoint(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else {
      for (char unit : Character.toChars(c)) {
        out.append("\\u%04x".formatted((int) unit));
      }
    }
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.FORMAT -> c == 0x200c || c == 0x200d;
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  /** A tab, or a line break of Unix or Windows. */
  private static boolean isLayout(String text, int i) {
    char c = text.charAt(i);
    return c == '\n' || c == '\t' || (c == '\r' && text.startsWith("\n", i + 1));
  }
}
