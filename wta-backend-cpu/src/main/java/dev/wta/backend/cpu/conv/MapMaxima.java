package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.select.SpatialWinners;
import dev.wta.backend.cpu.select.TopKSelector;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Spatial winners as a convolution makes its maps: of each map only the largest positive activation
 * is kept, and no map is ever stored.
 */
public final class MapMaxima implements DirectConvolution.Finish {
  private final PaddedPlanes planes;
  private final SpatialWinners winners;
  private final float[] penalty; // (stride): 0 at the map's positions, else minus infinity

  public MapMaxima(Execution execution, PaddedPlanes planes, SpatialWinners winners) {
    this.planes = planes;
    this.winners = winners;
    this.penalty = execution.shared.floats(Scratch.Use.ROWS, Lanes.padded(planes.span()));
    Arrays.fill(penalty, Float.NEGATIVE_INFINITY);
    for (int y = 0; y < planes.mapHeight(); y++) {
      int row = y * planes.pitch();
      Arrays.fill(penalty, row, row + planes.mapWidth(), 0f);
    }
  }

  @Override
  public void take(int sample, int firstMap, int count, float[] sums, int stride) {
    for (int r = 0; r < count; r++) {
      keep(sample, firstMap + r, sums, r * stride, stride);
    }
  }

  private void keep(int sample, int map, float[] sums, int from, int length) {
    FloatVector best = FloatVector.zero(FLOATS);
    VectorMask<Float> nan = FLOATS.maskAll(false);
    for (int q = 0; q < length; q += COUNT) {
      FloatVector value =
          FloatVector.fromArray(FLOATS, sums, from + q)
              .add(FloatVector.fromArray(FLOATS, penalty, q));
      best = best.blend(value, value.compare(VectorOperators.GT, best));
      nan = nan.or(value.compare(VectorOperators.NE, value));
    }
    float most = best.reduceLanes(VectorOperators.MAX);
    int position = most > 0 ? position(sums, from, length, most) : 0;
    winners.put(sample, map, most, position, nan.anyTrue() ? countNaN(sums, from) : 0);
  }

  /** The first of the map's positions where its largest activation stands. */
  private int position(float[] sums, int from, int length, float most) {
    for (int q = 0; q < length; q += COUNT) {
      long equal =
          FloatVector.fromArray(FLOATS, sums, from + q)
              .add(FloatVector.fromArray(FLOATS, penalty, q))
              .compare(VectorOperators.EQ, most)
              .toLong();
      if (equal != 0) {
        int at = q + Long.numberOfTrailingZeros(equal);
        return at / planes.pitch() * planes.mapWidth() + at % planes.pitch();
      }
    }
    throw new AssertionError("a map's maximum is one of its elements");
  }

  private int countNaN(float[] sums, int from) {
    int count = 0;
    for (int y = 0; y < planes.mapHeight(); y++) {
      count += TopKSelector.countNaN(sums, from + y * planes.pitch(), planes.mapWidth());
    }
    return count;
  }
}
