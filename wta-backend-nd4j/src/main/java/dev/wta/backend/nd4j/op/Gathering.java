package dev.wta.backend.nd4j.op;

import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Work on gathered rows, as many of them at once as take little memory. */
public final class Gathering {

  /** The most numbers gathered at once: 32 MB in double precision. */
  private static final int MOST = 1 << 22;

  private Gathering() {}

  /** How many rows of {@code width} numbers to gather at once. */
  public static int mostRows(long width) {
    return (int) Math.max(1, MOST / width);
  }

  /**
   * {@code out[w] = left[leftRow[w], :] . right[rightRow[w], :]} for every {@code w}; the rest of
   * {@code out} stays.
   */
  public static void dots(
      Rows left, int[] leftRow, INDArray right, int[] rightRow, Nd4jTensor out) {
    int most = mostRows(left.width());
    for (int from = 0; from < leftRow.length; from += most) {
      int to = Math.min(from + most, leftRow.length);
      try (Scope scope = new Scope()) {
        INDArray factors = scope.wide(scope.gather(right, Arrays.copyOfRange(rightRow, from, to)));
        INDArray products = left.times(Arrays.copyOfRange(leftRow, from, to), factors, scope);
        INDArray sums = Nd4jReductions.sums(1, products, scope);
        out.column(from, to - from).assign(sums.reshape('c', to - from, 1));
      }
    }
  }
}
