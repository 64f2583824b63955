package dev.wta.peers.nd4j;

import dev.wta.workloads.ConvStep;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** The largest activation of each map of each image, where it is among its map's over the batch. */
final class SpatialSelection {
  private final int batch;
  private final int maps;
  private final INDArray largest;
  private final INDArray byMap;
  private final INDArray levels;
  private final Selection lifetime;

  SpatialSelection(ConvStep step, Memory memory) {
    batch = step.batch();
    maps = step.maps();
    largest = memory.zeros((long) batch * maps);
    byMap = memory.zeros(maps, batch);
    levels = memory.zeros((long) batch * maps);
    lifetime = new Selection(maps, batch, step.winners(), memory);
  }

  /**
   * Writes ones where winners are, and zeros.
   *
   * @param activations {@code (batch, maps, height, width)}
   * @param mask of that shape
   */
  void winners(INDArray activations, INDArray mask) {
    long planes = largest.length();
    long pixels = activations.length() / planes;
    INDArray each = activations.reshape('c', planes, pixels);
    INDArray flags = mask.reshape('c', planes, pixels);
    Nd4j.exec(new Max(each, largest, false, 1));
    byMap.assign(largest.reshape('c', batch, maps).transpose());
    FloatBuffer thresholds = Memory.numbers(lifetime.exceed(byMap));
    FloatBuffer maxima = Memory.numbers(largest);
    FloatBuffer exceeded = Memory.numbers(levels);
    for (int plane = 0; plane < planes; plane++) {
      float maximum = maxima.get(plane);
      boolean wins = maximum > thresholds.get(plane % maps);
      exceeded.put(plane, wins ? Math.nextDown(maximum) : Float.POSITIVE_INFINITY);
    }
    Nd4j.exec(new BroadcastSubOp(each, levels, flags, 0));
    Nd4j.exec(new Step(flags, 0.0));
  }
}
