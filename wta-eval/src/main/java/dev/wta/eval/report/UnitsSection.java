package dev.wta.eval.report;

import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.Html;
import dev.wta.eval.report.html.InlineImage;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The section on units: the decoder's filters and the samples that activate each unit most. */
final class UnitsSection {
  /** Portraits beyond these are folded away. */
  private static final int OPEN = 48;

  private final Gallery gallery;
  private final int[] shown;
  private final int portrayed;

  UnitsSection(Gallery gallery) {
    this.gallery = gallery;
    this.shown = gallery.shown();
    this.portrayed = gallery.portrayed();
  }

  /** All filters that are shown, in a grid. */
  Element filters() {
    return filters("filters", "Filters");
  }

  /**
   * The same under another heading.
   *
   * @param id the section's anchor
   */
  Element filters(String id, String heading) {
    Element grid = Element.of("ol").with("class", "filters");
    for (int i = 0; i < shown.length; i++) {
      grid.add(Element.of("li", filter(i)));
    }
    return Section.of(id, heading, Section.note(filtersNote()), grid);
  }

  private Html filter(int i) {
    String name = "unit " + shown[i];
    InlineImage picture = gallery.filter(shown[i]);
    return i < portrayed
        ? Element.of("a", picture.img("Filter of " + name))
            .with("href", "#" + anchor(shown[i]))
            .with("title", name + ", " + usage(shown[i]))
        : picture.img("Filter of " + name);
  }

  private String filtersNote() {
    String which =
        shown.length == gallery.units()
            ? "The decoder's filters, those of the largest power first"
            : "The decoder's filters of the %s units, of %s, of the largest power"
                .formatted(NumberFormats.count(shown.length), NumberFormats.count(gallery.units()));
    String how =
        gallery.inColour()
            ? ". Each is on its own range, with 0 in the middle."
            : ": ink where a filter adds, red where it takes away.";
    return which + how + (portrayed > 0 ? " Choose one to see what excites its unit." : "");
  }

  /** Units with the samples that excite them most; empty where those are not known. */
  Optional<Element> portraits() {
    if (portrayed == 0) {
      return Optional.empty();
    }
    List<Element> portraits = new ArrayList<>();
    for (int i = 0; i < portrayed; i++) {
      portraits.add(portrait(shown[i]));
    }
    int open = Math.min(OPEN, portrayed);
    Element section =
        Section.of(
            "excite",
            "Top-activating samples",
            Section.note(portraitsNote()),
            Element.of("div").with("class", "portraits").add(portraits.subList(0, open)));
    if (open < portrayed) {
      section.add(
          Element.of(
              "details",
              Element.of("summary", NumberFormats.several(portrayed - open, "unit") + " more"),
              Element.of("div")
                  .with("class", "portraits")
                  .add(portraits.subList(open, portrayed))));
    }
    return Optional.of(section);
  }

  private String portraitsNote() {
    String most =
        "Beside each filter, the %d samples that activate its unit most, in descending order"
            .formatted(SparsityMeter.MOST_EXCITING);
    return gallery.cutsOut() ? most + ", cut out round the place where it does." : most + ".";
  }

  private Element portrait(int unit) {
    SparsityMeter meter = gallery.meter();
    String name = "Unit " + unit;
    Html exciting =
        gallery
            .exciting(unit)
            .<Html>map(
                picture -> picture.img("The samples that excite unit %d most".formatted(unit)))
            .orElseGet(() -> Element.of("p", "nothing").with("class", "note"));
    Element heading =
        Element.of(
            "header",
            Element.of("h3", name),
            Element.of("p", usage(unit)),
            Element.of(
                    "p",
                    meter.excitingSamples(unit) == 0
                        ? ""
                        : "largest activation " + NumberFormats.number(meter.excitement(unit, 0)))
                .with("class", "strongest"));
    return Element.of(
            "article",
            heading,
            Element.of("div", gallery.filter(unit).img("Filter of unit " + unit), exciting)
                .with("class", "faces"))
        .with("class", "portrait")
        .with("id", anchor(unit));
  }

  private String usage(int unit) {
    double usage = gallery.meter().usage(unit);
    return usage == 0 ? "dead" : "active on " + NumberFormats.percent(usage);
  }

  private static String anchor(int unit) {
    return "unit-" + unit;
  }
}
