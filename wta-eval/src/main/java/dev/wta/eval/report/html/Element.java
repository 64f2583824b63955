package dev.wta.eval.report.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An HTML element. */
public final class Element implements Html {
  /** Elements that have no content and no end tag. */
  private static final Set<String> VOID = Set.of("img", "meta", "input", "br");

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Html> children = new ArrayList<>();

  private Element(String name) {
    this.name = name;
  }

  public static Element of(String name, Html... children) {
    return new Element(name).add(children);
  }

  /** An element that holds text. */
  public static Element of(String name, String text) {
    return new Element(name).add(Html.text(text));
  }

  /** This element with an attribute. */
  public Element with(String attribute, Object value) {
    attributes.put(attribute, String.valueOf(value));
    return this;
  }

  /** This element with an attribute that is there or not, and has no value. */
  Element with(String attribute) {
    return with(attribute, "");
  }

  public Element add(Html... more) {
    children.addAll(List.of(more));
    return this;
  }

  public Element add(List<? extends Html> more) {
    children.addAll(more);
    return this;
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append('<').append(name);
    attributes.forEach(
        (attribute, value) ->
            out.append(' ')
                .append(attribute)
                .append("=\"")
                .append(Html.attribute(value))
                .append('"'));
    out.append('>');
    if (VOID.contains(name)) {
      if (!children.isEmpty()) {
        throw new IllegalStateException("<" + name + "> holds nothing");
      }
      return;
    }
    children.forEach(child -> child.writeTo(out));
    out.append("</").append(name).append('>');
  }
}
