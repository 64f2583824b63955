package dev.wta.models.exchange.model;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.preprocessing.Center;
import dev.wta.data.preprocessing.Chain;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.Scaling;
import dev.wta.data.preprocessing.Zca;
import java.util.List;

/**
 * A fitted step of pre-processing that weights can take in: {@code x' = A x + a}, with a symmetric
 * A.
 *
 * @param step a {@link Scaling}, a {@link Center} or a {@link Zca}
 */
record AffineStep(Preprocessing step) {

  /**
   * The steps of a pre-processing, the last one first.
   *
   * @throws WtaException if one of them is not affine, by its name
   */
  static List<AffineStep> reversed(Preprocessing fitted) {
    List<Preprocessing> steps = fitted instanceof Chain chain ? chain.steps() : List.of(fitted);
    return steps.reversed().stream()
        .flatMap(
            step ->
                step instanceof Chain inner ? reversed(inner).stream() : List.of(of(step)).stream())
        .toList();
  }

  private static AffineStep of(Preprocessing step) {
    return switch (step) {
      case Scaling scaling -> new AffineStep(scaling);
      case Center center -> new AffineStep(center);
      case Zca zca -> new AffineStep(zca);
      default ->
          throw new WtaException(
              "the pre-processing '%s' cannot be folded into weights"
                  .formatted(step.describe().get("kind")),
              "export a run whose preprocess has scale, center, mean-norm and zca alone");
    };
  }

  /** Whether it multiplies the lengths of all vectors by the same number. */
  boolean keepsProportions() {
    return !(step instanceof Zca);
  }

  /** {@code rows A}, for rows of as many numbers as a sample. */
  float[] times(float[] rows) {
    return switch (step) {
      case Scaling scaling -> SaeWeights.times(rows, 1.0 / scaling.divisor());
      case Zca zca -> zca.whitened(rows);
      default -> rows;
    };
  }

  /** {@code rows A^-1}. */
  float[] over(float[] rows) {
    return switch (step) {
      case Scaling scaling -> SaeWeights.times(rows, 1 / (1.0 / scaling.divisor()));
      case Zca zca -> zca.unwhitened(rows);
      default -> rows;
    };
  }

  /** {@code a}, for samples of so many numbers. */
  double[] offset(int numbers) {
    float[] zero = new float[numbers];
    step.apply(zero, 1, Shape.of(numbers));
    double[] wide = new double[numbers];
    for (int i = 0; i < numbers; i++) {
      wide[i] = zero[i];
    }
    return wide;
  }

  /** {@code A^-1 (x' - a)}. */
  float[] undone(float[] point) {
    float[] before = point.clone();
    step.invert(before, 1, Shape.of(point.length));
    return before;
  }
}
