package dev.wta.backend.cpu.sparse;

import dev.wta.api.op.Window;
import dev.wta.backend.cpu.conv.MapWindow;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.RunningSum;
import java.util.Arrays;

/** Operations on sparse feature maps: only the windows at the winners' positions are touched. */
public final class SparseMaps {
  private final Execution execution;
  private final CpuWinners winners;
  private final CpuTensor coefficients; // (capacity)
  private final CpuTensor filters; // (units, channels, window height, window width)

  public SparseMaps(
      Execution execution, CpuWinners winners, CpuTensor coefficients, CpuTensor filters) {
    this.execution = execution;
    this.winners = winners;
    this.coefficients = coefficients;
    this.filters = filters;
  }

  /**
   * The linear deconvolution, a sample at a time.
   *
   * @param bias {@code (channels)}, or null for none
   */
  public void decode(CpuTensor images, Window window, CpuTensor bias) {
    winners.indexBySample();
    MapWindow view = new MapWindow(images.shape(), window);
    float[] values = coefficients.array();
    float[] pixels = images.array();
    long windows = (long) winners.units() * window.height() * window.width(); // over a pixel
    execution.split(
        winners.samples(),
        1,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            int image = images.offset() + n * images.rowSize();
            fillChannels(bias, pixels, image, images.shape().extent(1), images.rowSize());
            int count = winners.sampleStart()[n + 1] - winners.sampleStart()[n];
            if (!RunningSum.isExact(count, windows)) {
              decodeMany(n, view, pixels, image, images.rowSize(), execution.scratch(worker));
              continue;
            }
            for (int i = winners.sampleStart()[n]; i < winners.sampleStart()[n + 1]; i++) {
              int slot = winners.bySample()[i];
              view.write(
                  values[coefficients.offset() + slot],
                  filters.array(),
                  filter(slot),
                  pixels,
                  image,
                  winners.position()[slot]);
            }
          }
        });
  }

  /** So many windows may lie on a pixel that a float32 sum would round too much. */
  private void decodeMany(
      int n, MapWindow view, float[] pixels, int image, int imageSize, Scratch scratch) {
    double[] sums = scratch.doubles(imageSize);
    for (int i = 0; i < imageSize; i++) {
      sums[i] = pixels[image + i];
    }
    float[] values = coefficients.array();
    for (int i = winners.sampleStart()[n]; i < winners.sampleStart()[n + 1]; i++) {
      int slot = winners.bySample()[i];
      float value = values[coefficients.offset() + slot];
      view.write(value, filters.array(), filter(slot), sums, winners.position()[slot]);
    }
    for (int i = 0; i < imageSize; i++) {
      pixels[image + i] = (float) sums[i];
    }
  }

  private static void fillChannels(
      CpuTensor bias, float[] pixels, int image, int channels, int imageSize) {
    int plane = imageSize / Math.max(1, channels);
    for (int c = 0; c < channels; c++) {
      float value = bias == null ? 0 : bias.array()[bias.offset() + c];
      Arrays.fill(pixels, image + c * plane, image + (c + 1) * plane, value);
    }
  }

  /** The code's gradient, which becomes the coefficients. */
  public void gradient(CpuTensor images, Window window) {
    MapWindow view = new MapWindow(images.shape(), window);
    float[] results = coefficients.array();
    execution.splitRows(
        winners.count(),
        8L * view.filterSize(),
        (from, to, worker) -> {
          float[] lanes = execution.scratch(worker).floats(Scratch.Use.TILE, Lanes.COUNT);
          for (int slot = from; slot < to; slot++) {
            results[coefficients.offset() + slot] =
                view.dot(
                    filters.array(),
                    filter(slot),
                    images.array(),
                    images.offset() + winners.sample()[slot] * images.rowSize(),
                    winners.position()[slot],
                    lanes);
          }
        });
    winners.zeroUnused(coefficients);
  }

  private int filter(int slot) {
    return filters.offset() + winners.unit()[slot] * filters.rowSize();
  }
}
