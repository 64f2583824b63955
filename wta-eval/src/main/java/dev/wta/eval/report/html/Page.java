package dev.wta.eval.report.html;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An HTML page: one self-contained file. */
public final class Page {
  /** Nothing is loaded, whatever the page says: pictures, style and script are in it. */
  private static final String POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

  private Page() {}

  /**
   * Puts a document together.
   *
   * @param sections each with an id and a heading, see {@link Section}
   */
  public static String of(String title, Element header, List<Element> sections, String footer) {
    Element head =
        Element.of(
            "head",
            Element.of("meta").with("charset", "utf-8"),
            Element.of("meta")
                .with("http-equiv", "Content-Security-Policy")
                .with("content", POLICY),
            Element.of("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            Element.of("meta").with("name", "color-scheme").with("content", "light dark"),
            Element.of("title", title),
            Element.of("style", new Html.Markup(resource("page.css"))));
    Element body =
        Element.of(
            "body",
            header,
            Element.of("main").add(sections),
            Element.of("footer", Element.of("p", footer)),
            Element.of("script", new Html.Markup(resource("page.js"))));
    StringBuilder page = new StringBuilder("<!doctype html>\n");
    Element.of("html", head, body).with("lang", "en").writeTo(page);
    return page.append('\n').toString();
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) { // it is in this jar
      throw new UncheckedIOException(unreadable);
    }
  }
}
