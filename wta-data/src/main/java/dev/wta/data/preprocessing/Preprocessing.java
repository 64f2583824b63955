package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A transformation of samples, fitted on the training set, saved with the run, and applied the same
 * way ever after. It is a value: a description of plain maps, lists, text and numbers, and, where
 * the description is not enough, named arrays that are saved beside it.
 */
public interface Preprocessing {
  /**
   * Transforms samples in place.
   *
   * @param samples {@code (count, sample)}
   * @param sample the shape of one sample
   * @throws WtaException if it does not fit samples of that shape
   */
  void apply(float[] samples, int count, Shape sample);

  /**
   * The step that keeps {@link #invert} from working, by its kind, such as {@code l2}; empty where
   * it works. It does not unless a transformation says so.
   */
  default Optional<String> irreversible() {
    return Optional.of(String.valueOf(describe().get("kind")));
  }

  /**
   * Undoes {@link #apply} in place: what has a model's unit, samples or reconstructions, gets the
   * inputs' own. {@code apply} and then this gives samples back, up to rounding. Values that share
   * one factor or one shift keep their explained variance; after {@code zca} it differs.
   *
   * @param samples {@code (count, sample)}; as they were where this is refused
   * @param sample the shape of one sample
   * @throws WtaException if some step is {@link #irreversible}, such as {@code l2}, {@code
   *     standardise} and {@code lcn}, which do not keep what they took from each sample
   */
  default void invert(float[] samples, int count, Shape sample) {
    throw PreprocessingKind.irreversible(irreversible().orElseThrow());
  }

  /**
   * What {@link #of} needs, together with {@link #tensors}, to make this again: {@code {kind=scale,
   * divisor=255.0}}.
   */
  Map<String, Object> describe();

  /** What was fitted, by name, such as {@code mean}; empty where the description says it all. */
  default Map<String, float[]> tensors() {
    return Map.of();
  }

  /**
   * Whether this is much work beside a training step, so that samples which pass many times are
   * better transformed once and kept.
   */
  default boolean costly() {
    return false;
  }

  /** This, then {@code next}. */
  default Preprocessing then(Preprocessing next) {
    return Chain.of(List.of(this, next));
  }

  /** Leaves samples as they are. */
  static Preprocessing none() {
    return Chain.of(List.of());
  }

  /**
   * What samples get where nothing else is asked for: uint8 is divided by 255, float32 is left as
   * it is.
   */
  static Preprocessing standard(ElementType type) {
    return switch (type) {
      case UINT8 -> new Scaling(255);
      case FLOAT32 -> none();
    };
  }

  /** As {@link #fit(List, Dataset, ProgressListener)}, without a listener. */
  static Preprocessing fit(List<String> steps, Dataset data) {
    return fit(steps, data, ProgressListener.SILENT);
  }

  /**
   * Fits the steps that a configuration names, each to samples that have been through the ones
   * before it: {@code scale} is {@link #standard}, {@code center} subtracts the mean sample, {@code
   * mean-norm} is {@link MeanNorm}, {@code l2} is {@link L2Normalise}, {@code standardise} is
   * {@link Standardise}, {@code lcn} is {@link LocalContrast}, {@code zca} is {@link Zca}; others
   * are those of {@link PreprocessingProvider}s. Arguments follow in brackets: {@code zca(0.1)}.
   *
   * @throws WtaException if a name is unknown, with the nearest known one; arguments are wrong; or
   *     the samples do not suit a step
   */
  static Preprocessing fit(List<String> steps, Dataset data, ProgressListener listener) {
    Preprocessing fitted = none();
    for (PreprocessingStep.Fit step : steps.stream().map(PreprocessingStep::parse).toList()) {
      fitted = fitted.then(step.fit(data, fitted, listener));
    }
    return fitted;
  }

  /**
   * Checks, before any data is read, that a configuration's steps and their arguments are right.
   *
   * @throws WtaException if a name is unknown, with the nearest known one, or an argument is wrong
   */
  static void requireKnown(List<String> steps) {
    steps.forEach(PreprocessingStep::parse);
  }

  /** {@link #of(Map, Map)} for a transformation that fitted nothing. */
  static Preprocessing of(Map<String, Object> description) {
    return of(description, Map.of());
  }

  /**
   * The transformation that {@link #describe} and {@link #tensors} were taken from.
   *
   * @throws WtaException if there is no such kind, or its description lacks something
   */
  static Preprocessing of(Map<String, Object> description, Map<String, float[]> tensors) {
    return PreprocessingKind.read(description, tensors);
  }
}
