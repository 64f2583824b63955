package dev.wta.backend.cpu.winograd;

import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Transposition;

/**
 * Stores the maps that {@link WinogradConvolution} made, map by map, with biases, rectified or not.
 */
public final class WinogradMaps implements WinogradConvolution.Finish {
  private final CpuTensor out; // (samples, maps, height, width)
  private final float[] bias; // (maps), or null
  private final int biasStart;
  private final boolean relu;

  /**
   * @param bias {@code (maps)}, or null for none
   */
  public WinogradMaps(CpuTensor out, CpuTensor bias, boolean relu) {
    this.out = out;
    this.bias = bias == null ? null : bias.array();
    this.biasStart = bias == null ? 0 : bias.offset();
    this.relu = relu;
  }

  @Override
  public void take(int sample, float[] maps, int pitch, int stride, float[] lanes) {
    int count = out.shape().extent(1);
    int height = out.shape().extent(2);
    int width = out.shape().extent(3);
    for (int y = 0; y < height; y++) {
      int row = y * pitch * stride;
      for (int x = 0; x < width; x++) {
        TileRow.finish(maps, row + x * stride, count, bias, biasStart, relu);
      }
      Transposition.run(
          maps,
          row,
          stride,
          width,
          count,
          out.array(),
          out.offset() + sample * out.rowSize() + y * width,
          height * width);
    }
  }
}
