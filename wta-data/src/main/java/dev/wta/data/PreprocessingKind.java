package dev.wta.data;

import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transformations that a description can name, and how each is made again from its description.
 */
enum PreprocessingKind {
  CHAIN("chain") {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      if (!(description.get("steps") instanceof List<?> descriptions)) {
        throw incomplete(description, "a list 'steps'");
      }
      List<Preprocessing> steps = new ArrayList<>();
      for (Object step : descriptions) {
        if (!(step instanceof Map<?, ?> map)) {
          throw incomplete(description, "descriptions in 'steps', not " + step);
        }
        steps.add(read(map, tensorsOf(tensors, Chain.prefix(steps.size()))));
      }
      return new Chain(steps);
    }
  },
  SCALE("scale") {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      if (description.get("divisor") instanceof Number divisor
          && Math.abs(divisor.floatValue()) > 0
          && Float.isFinite(divisor.floatValue())) {
        return new Scale(divisor.floatValue());
      }
      throw incomplete(description, "a number other than 0 as 'divisor'");
    }
  };

  private final String kind;

  PreprocessingKind(String kind) {
    this.kind = kind;
  }

  abstract Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors);

  static Preprocessing read(Map<?, ?> description, Map<String, float[]> tensors) {
    Object name = description.get("kind");
    for (PreprocessingKind kind : values()) {
      if (kind.kind.equals(name)) {
        return kind.make(description, tensors);
      }
    }
    List<String> known = Arrays.stream(values()).map(kind -> kind.kind).toList();
    throw new WtaException(
        name == null
            ? "the pre-processing %s names no 'kind'".formatted(description)
            : "there is no pre-processing '%s'".formatted(name),
        NearestName.to(String.valueOf(name), known)
            .map("did you mean '%s'?"::formatted)
            .orElse("choose one of " + String.join(", ", known)));
  }

  private static WtaException incomplete(Map<?, ?> description, String needed) {
    return new WtaException(
        "the pre-processing %s cannot be made again".formatted(description), "give it " + needed);
  }

  private static Map<String, float[]> tensorsOf(Map<String, float[]> all, String prefix) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    all.forEach(
        (name, values) -> {
          if (name.startsWith(prefix)) {
            tensors.put(name.substring(prefix.length()), values);
          }
        });
    return tensors;
  }
}
