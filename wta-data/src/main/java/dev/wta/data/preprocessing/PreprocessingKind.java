package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      throw new WtaException("a chain is not a step of its own", "name its steps instead");
    }
  },
  CENTER(Center.KIND) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      return new Center(tensor(Center.MEAN, description, tensors));
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return Center.fit(data, before, listener);
    }
  },
  L2(L2Normalise.KIND) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      return new L2Normalise();
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return new L2Normalise();
    }
  },
  LCN(LocalContrast.KIND, LocalContrast.SIZE, LocalContrast.SPREAD, LocalContrast.FLOOR) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      return new LocalContrast(
          (int) LocalContrast.SIZE.of(description),
          LocalContrast.SPREAD.of(description),
          LocalContrast.FLOOR.of(description));
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      LocalContrast.requirePictures(data.name(), data.sampleShape());
      return new LocalContrast(
          (int) step.value(LocalContrast.SIZE),
          step.value(LocalContrast.SPREAD),
          step.value(LocalContrast.FLOOR));
    }
  },
  MEAN_NORM(MeanNorm.KIND) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      throw new WtaException(
          "'%s' is kept as the number that it was fitted to".formatted(MeanNorm.KIND),
          "describe it as 'scale' with a 'divisor'");
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return MeanNorm.fit(data, before, listener);
    }
  },
  SCALE("scale") {
    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return Preprocessing.standard(data.elementType());
    }

    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      if (description.get("divisor") instanceof Number divisor
          && Math.abs(divisor.floatValue()) > 0
          && Float.isFinite(divisor.floatValue())) {
        return new Scaling(divisor.floatValue());
      }
      throw incomplete(description, "a number other than 0 as 'divisor'");
    }
  },
  STANDARDISE(Standardise.KIND, Standardise.VARIANCE, Standardise.DEVIATION) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      return new Standardise(
          Standardise.VARIANCE.of(description), Standardise.DEVIATION.of(description));
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return new Standardise(step.value(Standardise.VARIANCE), step.value(Standardise.DEVIATION));
    }
  },
  ZCA(Zca.KIND, Zca.EPSILON, Zca.SAMPLES) {
    @Override
    Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors) {
      float[] mean = tensor(Zca.MEAN, description, tensors);
      float[] whitening = tensor(Zca.WHITENING, description, tensors);
      if (whitening.length != (long) mean.length * mean.length) {
        throw incomplete(description, "a square 'whitening' as wide as its 'mean'");
      }
      return new Zca(
          mean, whitening, Zca.EPSILON.of(description), (int) Zca.SAMPLES.of(description));
    }

    @Override
    Preprocessing fit(
        PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener) {
      return ZcaFit.fit(
          data, before, step.value(Zca.EPSILON), (int) step.value(Zca.SAMPLES), listener);
    }
  };

  /** What a configuration may name as a step. */
  private static final List<PreprocessingKind> FITTED =
      List.of(SCALE, CENTER, MEAN_NORM, L2, STANDARDISE, LCN, ZCA);

  private final String kind;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it so
  private final List<StepArgument> arguments;

  PreprocessingKind(String kind, StepArgument... arguments) {
    this.kind = kind;
    this.arguments = List.of(arguments);
  }

  abstract Preprocessing make(Map<?, ?> description, Map<String, float[]> tensors);

  /** The transformation of this kind for samples that have been through {@code before}. */
  abstract Preprocessing fit(
      PreprocessingStep step, Dataset data, Preprocessing before, ProgressListener listener);

  /** The numbers that a configuration may give with a step of this kind, in their order. */
  List<StepArgument> arguments() {
    return arguments;
  }

  /** The step with its arguments' names and defaults: {@code zca(epsilon=0.1, samples=100000)}. */
  String usage() {
    return arguments.isEmpty()
        ? kind
        : arguments.stream()
            .map(StepArgument::toString)
            .collect(Collectors.joining(", ", kind + "(", ")"));
  }

  static String examples() {
    return FITTED.stream().map(PreprocessingKind::usage).collect(Collectors.joining(", "));
  }

  /** The kind of step that a configuration names. */
  static PreprocessingKind fitted(String name) {
    return named(name, FITTED);
  }

  /** What another jar adds under a name that is none of these kinds'. */
  static Optional<PreprocessingProvider.Family> added(String name) {
    return Arrays.stream(values()).anyMatch(known -> known.kind.equals(name))
        ? Optional.empty()
        : PreprocessingProvider.find(name);
  }

  static Preprocessing read(Map<?, ?> description, Map<String, float[]> tensors) {
    Object name = description.get("kind");
    if (name == null) {
      throw new WtaException(
          "the pre-processing %s names no 'kind'".formatted(description),
          "choose one of " + String.join(", ", names(List.of(values()))));
    }
    Optional<PreprocessingProvider.Family> added = added(name.toString());
    if (added.isPresent()) {
      Map<String, Object> copy = new LinkedHashMap<>();
      description.forEach((key, value) -> copy.put(key.toString(), value));
      return added.get().reader().read(copy, tensors);
    }
    return named(name.toString(), List.of(values())).make(description, tensors);
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

  /** The names of these and of those that other jars add. */
  private static List<String> names(List<PreprocessingKind> kinds) {
    return Stream.concat(
            kinds.stream().map(kind -> kind.kind),
            PreprocessingProvider.all().stream().map(PreprocessingProvider.Family::name))
        .toList();
  }

  private static float[] tensor(String name, Map<?, ?> description, Map<String, float[]> tensors) {
    float[] values = tensors.get(name);
    if (values == null) {
      throw incomplete(description, "the tensor '%s' that was saved with it".formatted(name));
    }
    return values;
  }

  /** That a step of that kind cannot be undone. */
  static WtaException irreversible(String kind) {
    return new WtaException(
        "the pre-processing '%s' cannot be undone".formatted(kind),
        "take samples and reconstructions as the model has them, after pre-processing");
  }

  static WtaException incomplete(Map<?, ?> description, String needed) {
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
