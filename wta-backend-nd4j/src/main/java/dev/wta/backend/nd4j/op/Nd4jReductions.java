package dev.wta.backend.nd4j.op;

import dev.wta.api.op.Dense.Reduction;
import dev.wta.backend.nd4j.memory.Scope;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * Sums and maxima of double-precision arrays. ND4J gives each result of a reduction along an axis
 * to one thread, but may split a reduction to a single number among them; so that bits do not
 * depend on how many there are, a single sum is added up on the host from parts of a fixed size.
 */
public final class Nd4jReductions {
  private static final long PART = 1024;

  private Nd4jReductions() {}

  /** The reduction of {@code matrix}, which is overwritten, along {@code axis}. */
  public static INDArray along(int axis, Reduction reduction, INDArray matrix, Scope scope) {
    return switch (reduction) {
      case SUM -> sums(axis, matrix, scope);
      case SUM_OF_SQUARES -> sums(axis, matrix.muli(matrix), scope);
      case MAXIMUM -> maxima(axis, matrix, scope);
    };
  }

  /** What a reduction of no numbers is. */
  public static float ofNothing(Reduction reduction) {
    return switch (reduction) {
      case SUM, SUM_OF_SQUARES -> 0;
      case MAXIMUM -> Float.NEGATIVE_INFINITY;
    };
  }

  public static INDArray sums(int axis, INDArray matrix, Scope scope) {
    if (matrix.size(1 - axis) == 1) {
      return scope.vector(total(matrix, scope));
    }
    return scope.keep(matrix.sum(axis));
  }

  /** The sum of all elements. */
  public static double total(INDArray array, Scope scope) {
    long length = array.length();
    INDArray vector = array.reshape('c', new long[] {length});
    long parts = length < 2 * PART ? 0 : length / PART;
    double total = 0;
    if (parts > 0) {
      INDArray body = vector.get(NDArrayIndex.interval(0, parts * PART)).reshape('c', parts, PART);
      total = Arrays.stream(scope.keep(body.sum(1)).toDoubleVector()).sum();
    }
    if (parts * PART < length) {
      INDArray rest = vector.get(NDArrayIndex.interval(parts * PART, length));
      total += Arrays.stream(rest.toDoubleVector()).sum();
    }
    return total;
  }

  /** Whether no element is infinite or NaN. */
  static boolean areFinite(INDArray array, Scope scope) {
    return total(scope.keep(array.sub(array)), scope) == 0; // they are NaN less themselves
  }

  /** The maxima along {@code axis}, NaN where there is one; {@code matrix} is overwritten. */
  static INDArray maxima(int axis, INDArray matrix, Scope scope) {
    INDArray nans = scope.keep(scope.wide(scope.keep(matrix.isNaN())).sum(axis));
    BooleanIndexing.replaceWhere(matrix, Double.NEGATIVE_INFINITY, Conditions.isNan());
    BooleanIndexing.replaceWhere(nans, Double.NaN, Conditions.greaterThan(0));
    return scope.keep(matrix.max(axis)).addi(nans);
  }
}
