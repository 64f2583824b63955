package dev.wta.backend.cpu.winograd;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.select.SpatialWinners;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Spatial winners of the maps that {@link WinogradConvolution} made, a vector of maps at a time.
 * The maps are finite.
 */
public final class WinogradMaxima implements WinogradConvolution.Finish {
  private final SpatialWinners winners;
  private final int height;
  private final int width;
  private final float[] bias; // (maps)
  private final int biasStart;
  private final int count;

  public WinogradMaxima(SpatialWinners winners, int height, int width, CpuTensor bias) {
    this.winners = winners;
    this.height = height;
    this.width = width;
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.count = bias.length();
  }

  @Override
  public void take(int sample, float[] maps, int pitch, int stride, float[] lanes) {
    for (int m = 0; m < count; m += COUNT) {
      maxima(maps, m, pitch, stride, lanes);
      for (int lane = 0; lane < Math.min(COUNT, count - m); lane++) {
        winners.put(sample, m + lane, lanes[lane], (int) lanes[COUNT + lane], 0);
      }
    }
  }

  /** Leaves the maxima of a vector of maps in {@code lanes}, and then their positions. */
  private void maxima(float[] maps, int first, int pitch, int stride, float[] lanes) {
    VectorMask<Float> present = FLOATS.indexInRange(first, count);
    FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasStart + first, present);
    FloatVector most = FloatVector.zero(FLOATS);
    FloatVector where = FloatVector.zero(FLOATS);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        FloatVector value =
            FloatVector.fromArray(FLOATS, maps, (y * pitch + x) * stride + first).add(offset);
        VectorMask<Float> larger = value.compare(VectorOperators.GT, most);
        most = most.blend(value, larger);
        where = where.blend((float) (y * width + x), larger);
      }
    }
    most.intoArray(lanes, 0);
    where.intoArray(lanes, COUNT);
  }
}
