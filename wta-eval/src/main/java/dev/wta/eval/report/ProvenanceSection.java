package dev.wta.eval.report;

import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.Section;
import dev.wta.models.run.RunConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The section on the configuration and provenance of a run. */
final class ProvenanceSection {
  private ProvenanceSection() {}

  static Element section(RunConfig config) {
    Element target = // of transcoders alone
        config.target().isEmpty() ? Element.of("div") : table("Target", config.target());
    Element tables =
        Element.of(
                "div",
                table("Model", config.model(), new Section.Pair("family", config.family())),
                table("Training", config.training()),
                table(
                    "Data", config.data(), new Section.Pair("sample", config.sample().toString())),
                target,
                table("Pre-processing", config.preprocessing()),
                table("Backend", config.backend()),
                table("Versions", config.versions()))
            .with("class", "tables");
    return Section.of(
        "provenance",
        "Provenance",
        Section.note("All of config.json: the same settings, data and seed make the same run."),
        tables);
  }

  private static Element table(String caption, Map<String, Object> values, Section.Pair... first) {
    List<Section.Pair> pairs = new java.util.ArrayList<>(List.of(first));
    values.forEach((name, value) -> pairs.add(new Section.Pair(name, words(value))));
    return Section.pairs(caption, pairs);
  }

  static String words(Object value) {
    return switch (value) {
      case null -> "";
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> entry.getKey() + " " + words(entry.getValue()))
              .collect(Collectors.joining(", "));
      case List<?> list ->
          list.stream().map(ProvenanceSection::words).collect(Collectors.joining("; "));
      default -> value.toString();
    };
  }
}
