package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** Refuses samples that hold NaN or infinities, and names their places. */
public final class FiniteValues {
  private FiniteValues() {}

  /**
   * Checks some samples.
   *
   * @param source what the samples are from, for the message
   * @param values {@code (count, sample)}
   * @param rowOf the number in the source of each of them, for the message
   * @throws WtaException if a value is NaN or infinite
   */
  public static void require(
      Object source, Shape sample, float[] values, int count, IntUnaryOperator rowOf) {
    require(row -> source, sample, values, count, rowOf);
  }

  /**
   * Checks samples of a data set.
   *
   * @param first the row of the first of them
   * @param values {@code (count, sample)}
   * @throws WtaException if a value is NaN or infinite
   */
  public static void require(Dataset data, int first, float[] values, int count) {
    require(
        row -> data.sourceName(first + row),
        data.sampleShape(),
        values,
        count,
        row -> data.sourceRow(first + row));
  }

  private static void require(
      IntFunction<?> sourceOf, Shape sample, float[] values, int count, IntUnaryOperator rowOf) {
    int width = Math.toIntExact(sample.size());
    for (int i = 0; i < count * width; i++) {
      if (!Float.isFinite(values[i])) {
        throw new WtaException(
            "%s of %s is %s"
                .formatted(
                    place(sample, rowOf.applyAsInt(i / width), i % width),
                    sourceOf.apply(i / width),
                    values[i]),
            "replace it, or drop the row");
      }
    }
  }

  /**
   * The place of a value: {@code row 7, column 2}, or {@code row 7, channel 0, y 3, x 2} of
   * pictures; all from 0.
   */
  public static String place(Shape sample, int row, int value) {
    if (sample.rank() != 3) {
      return "row %d, column %d".formatted(row, value);
    }
    int width = sample.extents()[2];
    int area = sample.extents()[1] * width;
    return "row %d, channel %d, y %d, x %d"
        .formatted(row, value / area, value % area / width, value % width);
  }
}
