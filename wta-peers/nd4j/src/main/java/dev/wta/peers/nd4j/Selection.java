package dev.wta.peers.nd4j;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The largest of each row of a matrix, as far as they are positive. Their thresholds are found on
 * the host, because ND4J's own selections and sorts take far longer than a step.
 */
final class Selection {
  private final INDArray thresholds;
  private final INDArray mask;
  private final float[] row;
  private final float[] largest;

  Selection(int rows, int columns, int winners, Memory memory) {
    thresholds = memory.zeros(rows);
    mask = memory.zeros(rows, columns);
    row = new float[columns];
    largest = new float[winners];
  }

  /** Ones where {@code code}'s winners are, until the next call. */
  INDArray winners(INDArray code) {
    exceed(code);
    Nd4j.exec(new BroadcastSubOp(code, thresholds, mask, 0));
    Nd4j.exec(new Step(mask, 0.0));
    return mask;
  }

  /** {@code (rows)}: what the winners of each row exceed, and nothing else does. */
  INDArray exceed(INDArray code) {
    FloatBuffer numbers = Memory.numbers(code);
    FloatBuffer found = Memory.numbers(thresholds);
    for (int r = 0; r < found.capacity(); r++) {
      numbers.get(r * row.length, row);
      found.put(r, Math.max(0, Math.nextDown(leastWinner())));
    }
    return thresholds;
  }

  private float leastWinner() {
    Arrays.fill(largest, Float.NEGATIVE_INFINITY); // ascending
    for (float candidate : row) {
      if (candidate > largest[0]) {
        int place = 0;
        while (place + 1 < largest.length && candidate > largest[place + 1]) {
          largest[place] = largest[place + 1];
          place++;
        }
        largest[place] = candidate;
      }
    }
    return largest[0];
  }
}
