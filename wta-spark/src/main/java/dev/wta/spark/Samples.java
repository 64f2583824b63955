package dev.wta.spark;

import dev.wta.api.WtaException;
import java.util.Arrays;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Reads samples from the rows of a data frame. */
final class Samples {
  private Samples() {}

  /** The numbers of each column of a row, as {@link #of}. */
  static float[][] all(Row row) {
    float[][] columns = new float[row.size()][];
    Arrays.setAll(columns, column -> of(row, column));
    return columns;
  }

  /**
   * The numbers of one sample, float32.
   *
   * @param column of vectors, or of arrays of float or double
   * @throws WtaException if there is none in this row, or a number of it is missing
   */
  static float[] of(Row row, int column) {
    return switch (row.get(column)) {
      case Vector vector -> narrow(vector.toArray());
      case Seq<?> numbers -> unboxed(numbers, row, column);
      case null ->
          throw new WtaException(
              "column '%s' is null in a row".formatted(name(row, column)),
              "drop such rows: frame.na().drop()");
      default -> throw new IllegalStateException("a sample of type " + row.get(column).getClass());
    };
  }

  private static float[] narrow(double[] values) {
    float[] sample = new float[values.length];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = (float) values[i];
    }
    return sample;
  }

  private static float[] unboxed(Seq<?> numbers, Row row, int column) {
    float[] sample = new float[numbers.length()];
    for (int i = 0; i < sample.length; i++) {
      if (!(numbers.apply(i) instanceof Number number)) {
        throw new WtaException(
            "column '%s' has a row whose number %d is null".formatted(name(row, column), i),
            "drop such rows, or fill the gap");
      }
      sample[i] = number.floatValue();
    }
    return sample;
  }

  private static String name(Row row, int column) {
    return row.schema() == null ? Integer.toString(column) : row.schema().fieldNames()[column];
  }
}
