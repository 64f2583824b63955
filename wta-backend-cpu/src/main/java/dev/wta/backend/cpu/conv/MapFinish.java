package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.memory.CpuTensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Stores the maps that a convolution made, rectified or not, without the padding's positions. */
public final class MapFinish implements DirectConvolution.Finish {
  private final PaddedPlanes planes;
  private final float[] maps; // (samples, maps, height, width)
  private final int start;
  private final int mapCount;
  private final float least; // what is below becomes 0

  public MapFinish(PaddedPlanes planes, CpuTensor maps, boolean relu) {
    this.planes = planes;
    this.maps = maps.array();
    this.start = maps.offset();
    this.mapCount = maps.shape().extent(1);
    this.least = relu ? 0f : Float.NEGATIVE_INFINITY;
  }

  @Override
  public void take(int sample, int firstMap, int count, float[] sums, int stride) {
    int size = planes.mapHeight() * planes.mapWidth();
    for (int r = 0; r < count; r++) {
      store(sums, r * stride, start + (sample * mapCount + firstMap + r) * size);
    }
  }

  private void store(float[] sums, int from, int to) {
    int width = planes.mapWidth();
    for (int x = 0; x < width; x += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(x, width);
      for (int y = 0; y < planes.mapHeight(); y++) {
        FloatVector value =
            FloatVector.fromArray(FLOATS, sums, from + y * planes.pitch() + x, mask);
        value
            .blend(0f, value.compare(VectorOperators.LT, least))
            .intoArray(maps, to + y * width + x, mask);
      }
    }
  }
}
