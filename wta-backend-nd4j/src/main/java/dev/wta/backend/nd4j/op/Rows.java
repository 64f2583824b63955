package dev.wta.backend.nd4j.op;

import dev.wta.backend.nd4j.memory.Scope;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows that products are made of.
 *
 * @param numbers {@code (any number, width)}
 * @param present of the same shape: 0 where a number is not there, and its product with whatever is
 *     0; empty if all are there
 */
public record Rows(INDArray numbers, Optional<INDArray> present) {

  public static Rows of(INDArray matrix) {
    return new Rows(matrix, Optional.empty());
  }

  long width() {
    return numbers.size(1);
  }

  /**
   * The rows that {@code which} names times {@code factors}, in double precision.
   *
   * @param factors {@code (rows, width)} or {@code (rows, 1)}, in double precision
   */
  INDArray times(int[] which, INDArray factors, Scope scope) {
    INDArray products = scope.wide(scope.gather(numbers, which)).muli(factors);
    if (present.isEmpty()) {
      return products;
    }
    INDArray isPresent = scope.keep(scope.gather(present.get(), which).gt(0));
    return Nd4jFunctions.select(isPresent, products, scope.zeros(products.shape()), scope);
  }
}
