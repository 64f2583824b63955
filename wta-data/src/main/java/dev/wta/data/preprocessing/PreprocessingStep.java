package dev.wta.data.preprocessing;

import dev.wta.api.NamedCall;
import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A step as a configuration names it, {@code zca} or {@code zca(0.1)}: its kind, and a value for
 * each of the kind's arguments.
 */
record PreprocessingStep(PreprocessingKind kind, List<Double> arguments) {
  /** A step that can be fitted, of this jar or another. */
  @FunctionalInterface
  interface Fit {
    /** Fits the step to samples that have been through {@code before}. */
    Preprocessing fit(Dataset data, Preprocessing before, ProgressListener listener);
  }

  PreprocessingStep {
    arguments = List.copyOf(arguments);
  }

  /**
   * Reads a step.
   *
   * @throws WtaException if there is none of that name, with the nearest known one, or its
   *     arguments are wrong
   */
  static Fit parse(String step) {
    NamedCall call =
        NamedCall.parse(step)
            .orElseThrow(
                () ->
                    new WtaException(
                        "'%s' is no step of pre-processing".formatted(step),
                        "write one such as " + PreprocessingKind.examples()));
    Optional<PreprocessingProvider.Family> added = PreprocessingKind.added(call.name());
    if (added.isPresent()) {
      return parse(added.get(), call, step);
    }
    PreprocessingKind kind = PreprocessingKind.fitted(call.name());
    List<String> numbers = call.arguments();
    List<StepArgument> known = kind.arguments();
    if (numbers.size() > known.size()) {
      throw new WtaException(
          "the pre-processing '%s' is wrong: it takes at most %d arguments, not %d"
              .formatted(step, known.size(), numbers.size()),
          "write it as " + kind.usage());
    }
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      values.add(
          i < numbers.size() ? known.get(i).parse(numbers.get(i), step) : known.get(i).standard());
    }
    return new PreprocessingStep(kind, values)::fit;
  }

  private static Fit parse(PreprocessingProvider.Family family, NamedCall call, String step) {
    try {
      PreprocessingProvider.Fitter fitter = family.parse().apply(call);
      return (data, before, listener) -> fitter.fit(data, before);
    } catch (IllegalArgumentException wrong) {
      throw new WtaException(
          "the pre-processing '%s' is wrong: %s".formatted(step, wrong.getMessage()),
          "write it as " + family.example(),
          wrong);
    }
  }

  /** The value of one of the kind's arguments. */
  double value(StepArgument argument) {
    return arguments.get(kind.arguments().indexOf(argument));
  }

  private Preprocessing fit(Dataset data, Preprocessing before, ProgressListener listener) {
    return kind.fit(this, data, before, listener);
  }
}
