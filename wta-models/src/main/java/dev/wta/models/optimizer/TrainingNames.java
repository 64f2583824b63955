package dev.wta.models.optimizer;

import dev.wta.api.NamedCall;
import dev.wta.api.Spelling;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/** Finds the optimisers and schedules on the class path, and reads them from settings. */
public final class TrainingNames {
  private TrainingNames() {}

  /** How settings write each optimiser, such as {@code adam}. */
  public static List<String> optimizers() {
    return optimizerFamilies().stream().map(OptimizerFamily::example).toList();
  }

  /** How settings write each schedule, such as {@code inverse(5e-6)}. */
  public static List<String> schedules() {
    return scheduleFamilies().stream().map(ScheduleFamily::example).toList();
  }

  /**
   * The optimiser that a setting names.
   *
   * @param rate the learning rate that a schedule scales
   * @throws IllegalArgumentException if there is none of that name, or its arguments are wrong
   */
  public static Optimizer optimizer(String text, double rate) {
    NamedCall call = call(text, optimizers());
    OptimizerFamily family =
        optimizerFamilies().stream()
            .filter(known -> known.name().equals(call.name()))
            .findFirst()
            .orElseThrow(() -> unknown(text, optimizers()));
    return made(text, family.example(), given -> family.constructor().apply(given, rate), call);
  }

  /**
   * The schedule that a setting names.
   *
   * @throws IllegalArgumentException if there is none of that name, or its arguments are wrong
   */
  static Schedule schedule(String text) {
    NamedCall call = call(text, schedules());
    ScheduleFamily family =
        scheduleFamilies().stream()
            .filter(known -> known.name().equals(call.name()))
            .findFirst()
            .orElseThrow(() -> unknown(text, schedules()));
    return made(text, family.example(), family.constructor(), call);
  }

  private static List<OptimizerFamily> optimizerFamilies() {
    return providers().stream().flatMap(provider -> provider.optimizers().stream()).toList();
  }

  private static List<ScheduleFamily> scheduleFamilies() {
    return providers().stream().flatMap(provider -> provider.schedules().stream()).toList();
  }

  /** This jar's first, so that no other takes their names. */
  private static List<TrainingProvider> providers() {
    return ServiceLoader.load(TrainingProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(provider -> !(provider instanceof BuiltinTraining)))
        .toList();
  }

  private static NamedCall call(String text, List<String> examples) {
    Optional<NamedCall> call = NamedCall.parse(text);
    return call.orElseThrow(() -> unknown(text, examples));
  }

  private static <T> T made(
      String text, String example, Function<NamedCall, T> constructor, NamedCall call) {
    try {
      return constructor.apply(call);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "one such as %s, not '%s': %s".formatted(example, text, wrong.getMessage()), wrong);
    }
  }

  private static IllegalArgumentException unknown(String text, List<String> examples) {
    String meant =
        Spelling.nearest(text, examples).map(" (did you mean '%s'?)"::formatted).orElse("");
    return new IllegalArgumentException(
        "one of %s, not '%s'%s".formatted(String.join(", ", examples), text, meant));
  }
}
