package dev.wta.eval.report.html;

import java.util.List;

/** The elements of a section. */
public final class Section {
  private Section() {}

  /**
   * A section with its heading.
   *
   * @param id its anchor
   */
  public static Element of(String id, String heading, Html... content) {
    return Element.of("section", Element.of("h2", heading).with("id", id + "-heading"))
        .with("id", id)
        .with("aria-labelledby", id + "-heading")
        .add(content);
  }

  /** A sentence or two in small print. */
  public static Element note(String text) {
    return Element.of("p", text).with("class", "note");
  }

  /** A table of names and what goes with each. */
  public static Element pairs(String caption, List<Pair> pairs) {
    Element body = Element.of("tbody");
    for (Pair pair : pairs) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", pair.name()).with("scope", "row"),
              Element.of("td", pair.value())));
    }
    return Element.of("table", Element.of("caption", caption), body).with("class", "pairs");
  }

  /** A name and what goes with it. */
  public record Pair(String name, String value) {}
}
