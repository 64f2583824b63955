package dev.wta.backend.nd4j.memory;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The temporaries of one operation, freed together when it is done. */
public final class Scope implements AutoCloseable {
  private final List<INDArray> temporaries = new ArrayList<>();

  /** Has {@code array} freed with the others. */
  public INDArray keep(INDArray array) {
    temporaries.add(array);
    return array;
  }

  /** A double-precision copy. */
  public INDArray wide(INDArray array) {
    return keep(array.castTo(DataType.DOUBLE));
  }

  /**
   * A double-precision array of one number, for arithmetic with what may be NaN: ND4J's own methods
   * for a number, and for a row or column vector of one, take NaN for 1e-5. Their likes for arrays,
   * which repeat what has the extent 1, do not.
   */
  public INDArray number(double number) {
    return vector(number);
  }

  /** Double-precision zeros. */
  public INDArray zeros(long... shape) {
    return keep(Nd4j.create(DataType.DOUBLE, shape, 'c'));
  }

  /** A double-precision vector of those numbers. */
  public INDArray vector(double... numbers) {
    return keep(Nd4j.createFromArray(numbers));
  }

  /** The rows of {@code matrix} that {@code rows} names, in that order, in {@code matrix}' type. */
  public INDArray gather(INDArray matrix, int[] rows) {
    return keep(Nd4j.pullRows(matrix, 1, rows));
  }

  @Override
  public void close() {
    for (INDArray array : temporaries) {
      if (array.closeable()) { // views have nothing of their own
        array.close();
      }
    }
  }
}
