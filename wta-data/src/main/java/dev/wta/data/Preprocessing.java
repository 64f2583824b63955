package dev.wta.data;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import java.util.List;
import java.util.Map;

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
   * What {@link #of} needs, together with {@link #tensors}, to make this again: {@code {kind=scale,
   * divisor=255.0}}.
   */
  Map<String, Object> describe();

  /** What was fitted, by name, such as {@code mean}; empty where the description says it all. */
  default Map<String, float[]> tensors() {
    return Map.of();
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
      case UINT8 -> new Scale(255);
      case FLOAT32 -> none();
    };
  }

  /**
   * Fits the steps that a configuration names, each to samples that have been through the ones
   * before it: {@code scale} is {@link #standard}, {@code center} subtracts the mean sample.
   *
   * @throws WtaException if a name is unknown, with the nearest known one
   */
  static Preprocessing fit(List<String> steps, Dataset data) {
    return PreprocessingKind.fit(steps, data);
  }

  /**
   * Checks, before any data is read, that a configuration's steps are known.
   *
   * @throws WtaException if a name is unknown, with the nearest known one
   */
  static void requireKnown(List<String> steps) {
    PreprocessingKind.requireKnown(steps);
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
