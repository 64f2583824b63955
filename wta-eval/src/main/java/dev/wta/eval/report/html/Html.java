package dev.wta.eval.report.html;

import dev.wta.api.VisibleText;
import java.util.List;

/**
 * A piece of HTML. Text and attributes are escaped as they are written, so that nothing a page
 * shows (a file's name, a setting, a message) can become markup, turn the text around it, or hide.
 */
public sealed interface Html permits Html.Text, Html.Markup, Html.Several, Element {
  void writeTo(StringBuilder out);

  /** Characters, shown as they are. */
  record Text(String text) implements Html {
    @Override
    public void writeTo(StringBuilder out) {
      escape(text, out);
    }
  }

  /** What is markup already: this package's own style and script, and charts. */
  record Markup(String markup) implements Html {
    @Override
    public void writeTo(StringBuilder out) {
      out.append(markup);
    }
  }

  /** One piece after the other. */
  record Several(List<Html> pieces) implements Html {
    public Several {
      pieces = List.copyOf(pieces);
    }

    @Override
    public void writeTo(StringBuilder out) {
      pieces.forEach(piece -> piece.writeTo(out));
    }
  }

  static Html text(String text) {
    return new Text(text);
  }

  static Html several(List<? extends Html> pieces) {
    return new Several(List.copyOf(pieces));
  }

  static Html several(Html... pieces) {
    return new Several(List.of(pieces));
  }

  static Html nothing() {
    return new Several(List.of());
  }

  /** Makes text safe between tags and in quoted attributes. */
  private static void escape(String raw, StringBuilder out) {
    String text = VisibleText.of(raw);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
  }

  /** Text as an attribute's value. */
  static String attribute(String text) {
    StringBuilder out = new StringBuilder();
    escape(text, out);
    return out.toString();
  }
}
