package dev.wta.data;

import dev.wta.api.Shape;
import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transformations that a description or a configuration can name: how each is fitted, and made
 * again from its description.
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

    @Override
    Preprocessing fit(Dataset data, Preprocessing before) {
      throw new WtaException("a chain is not a step of its own", "name its steps instead");
    }
  },
  CENTER(Center.KIND) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      float[] mean = tensors.get(Center.MEAN);
      if (mean == null) {
        throw incomplete(description, "the tensor 'mean' that was saved with it");
      }
      return new Center(mean);
    }

    @Override
    Preprocessing fit(Dataset data, Preprocessing before) {
      return Center.fit(data, before);
    }
  },
  SCALE("scale") {
    @Override
    Preprocessing fit(Dataset data, Preprocessing before) {
      return Preprocessing.standard(data.elementType());
    }

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

  /** What a configuration may name as a step. */
  private static final List<PreprocessingKind> FITTED = List.of(SCALE, CENTER);

  private final String kind;

  PreprocessingKind(String kind) {
    this.kind = kind;
  }

  abstract Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors);

  /** The transformation of this kind for samples that have been through {@code before}. */
  abstract Preprocessing fit(Dataset data, Preprocessing before);

  static Preprocessing read(Map<?, ?> description, Map<String, float[]> tensors) {
    Object name = description.get("kind");
    if (name == null) {
      throw new WtaException(
          "the pre-processing %s names no 'kind'".formatted(description),
          "choose one of " + String.join(", ", names(List.of(values()))));
    }
    return named(name.toString(), List.of(values())).make(description, tensors);
  }

  /** Checks that a configuration may name each of {@code steps}. */
  static void requireKnown(List<String> steps) {
    steps.forEach(step -> named(step, FITTED));
  }

  static Preprocessing fit(List<String> steps, Dataset data) {
    Preprocessing fitted = Preprocessing.none();
    for (String step : steps) {
      fitted = fitted.then(named(step, FITTED).fit(data, fitted));
    }
    return fitted;
  }

  /** Checks that samples have the size that a transformation was fitted to. */
  static void requireFittedTo(Preprocessing fitted, int size, Shape sample) {
    if (sample.size() != size) {
      throw new WtaException(
          "samples of shape %s do not fit this pre-processing: %s".formatted(sample, fitted),
          "give samples of the shape that the run was trained on");
    }
  }

  private static PreprocessingKind named(String name, List<PreprocessingKind> among) {
    for (PreprocessingKind kind : among) {
      if (kind.kind.equals(name)) {
        return kind;
      }
    }
    throw new WtaException(
        "there is no pre-processing '%s'".formatted(name),
        Spelling.nearest(name, names(among))
            .map("did you mean '%s'?"::formatted)
            .orElse("choose one of " + String.join(", ", names(among))));
  }

  private static List<String> names(List<PreprocessingKind> kinds) {
    return kinds.stream().map(kind -> kind.kind).toList();
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
