package dev.wta.api.reference;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;

/**
 * Convolution, a tap along a row of the map at a time. {@code (y, x)} is a position in the map,
 * {@code (i, j)} one in the filter.
 */
final class ReferenceConvolution implements Convolution {
  private final ReferenceMemory memory;

  ReferenceConvolution(ReferenceMemory memory) {
    this.memory = memory;
  }

  /**
   * One filter tap, and {@code count} positions of a map's row with the pixels that they meet it
   * at: all that the tap adds to a sum. The first position and the first pixel are given; the
   * others follow them.
   */
  private interface Row {
    void visit(int image, int map, int filter, int count);
  }

  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    ReferenceTensor pixels = memory.own(images);
    ReferenceTensor kernel = memory.own(filters);
    ReferenceTensor activations = memory.own(maps);
    double[] sums = new double[activations.count()];
    taps(
        pixels,
        kernel,
        window,
        activations,
        (image, map, filter, count) -> {
          double weight = kernel.get(filter);
          for (int t = 0; t < count; t++) {
            sums[map + t] += pixels.get(image + t) * weight;
          }
        });
    store(sums, ReferenceEpilogue.of(epilogue, memory), activations);
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    ReferenceTensor activations = memory.own(maps);
    ReferenceTensor kernel = memory.own(filters);
    ReferenceTensor pixels = memory.own(images);
    double[] sums = new double[pixels.count()];
    taps(
        pixels,
        kernel,
        window,
        activations,
        (image, map, filter, count) -> {
          double weight = kernel.get(filter);
          for (int t = 0; t < count; t++) {
            sums[image + t] += activations.get(map + t) * weight;
          }
        });
    store(sums, ReferenceEpilogue.of(epilogue, memory), pixels);
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    ReferenceTensor pixels = memory.own(images);
    ReferenceTensor slopes = memory.own(maps);
    ReferenceTensor gradient = memory.own(filterGradient);
    double[] sums = new double[gradient.count()];
    taps(
        pixels,
        gradient,
        window,
        slopes,
        (image, map, filter, count) -> {
          double sum = sums[filter];
          for (int t = 0; t < count; t++) {
            sum += (double) pixels.get(image + t) * slopes.get(map + t);
          }
          sums[filter] = sum;
        });
    for (int f = 0; f < sums.length; f++) {
      double before = beta == 0 ? 0 : (double) beta * gradient.get(f);
      gradient.set(f, (float) (before + sums[f]));
    }
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    ReferenceTensor pixels = memory.own(images);
    double[] sums = new double[pixels.shape().extent(1)];
    for (int n = 0; n < pixels.shape().extent(0); n++) {
      for (int c = 0; c < pixels.shape().extent(1); c++) {
        for (int y = 0; y < pixels.shape().extent(2); y++) {
          for (int x = 0; x < pixels.shape().extent(3); x++) {
            sums[c] += pixels.get(n, c, y, x);
          }
        }
      }
    }
    memory.own(out).store(sums);
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    ReferenceTensor pixels = memory.own(images);
    ReferenceTensor pooled = memory.own(out);
    ReferenceTensor where = memory.own(argmax);
    for (int n = 0; n < pooled.shape().extent(0); n++) {
      for (int c = 0; c < pooled.shape().extent(1); c++) {
        for (int y = 0; y < pooled.shape().extent(2); y++) {
          for (int x = 0; x < pooled.shape().extent(3); x++) {
            int position = largest(pixels, n, c, y * pool.stride(), x * pool.stride(), pool.size());
            int width = pixels.shape().extent(3);
            pooled.set(n, c, y, x, pixels.get(n, c, position / width, position % width));
            where.set(n, c, y, x, position);
          }
        }
      }
    }
  }

  /**
   * The position of the window's largest pixel, the first of equals; of the first NaN where there
   * is one.
   */
  private static int largest(ReferenceTensor pixels, int n, int c, int top, int left, int size) {
    int height = pixels.shape().extent(2);
    int width = pixels.shape().extent(3);
    int best = top * width + left;
    float bestValue = pixels.get(n, c, top, left);
    for (int y = top; y < Math.min(top + size, height); y++) {
      for (int x = left; x < Math.min(left + size, width); x++) {
        float value = pixels.get(n, c, y, x);
        if (!Float.isNaN(bestValue) && (value > bestValue || Float.isNaN(value))) {
          best = y * width + x;
          bestValue = value;
        }
      }
    }
    return best;
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    ReferenceTensor slopes = memory.own(outGradient);
    ReferenceTensor where = memory.own(argmax);
    ReferenceTensor gradient = memory.own(imageGradient);
    int width = gradient.shape().extent(3);
    double[] sums = new double[gradient.count()];
    for (int n = 0; n < slopes.shape().extent(0); n++) {
      for (int c = 0; c < slopes.shape().extent(1); c++) {
        for (int y = 0; y < slopes.shape().extent(2); y++) {
          for (int x = 0; x < slopes.shape().extent(3); x++) {
            int position = (int) where.get(n, c, y, x);
            sums[gradient.index(n, c, position / width, position % width)] +=
                slopes.get(n, c, y, x);
          }
        }
      }
    }
    gradient.store(sums);
  }

  /** Visits every tap where its pixels lie in the image, with the elements' row-major indices. */
  private static void taps(
      ReferenceTensor images,
      ReferenceTensor filters,
      Window window,
      ReferenceTensor maps,
      Row row) {
    int channels = images.shape().extent(1);
    int height = images.shape().extent(2);
    int width = images.shape().extent(3);
    int mapWidth = maps.shape().extent(3);
    for (int n = 0; n < maps.shape().extent(0); n++) {
      for (int m = 0; m < maps.shape().extent(1); m++) {
        for (int y = 0; y < maps.shape().extent(2); y++) {
          for (int c = 0; c < channels; c++) {
            for (int i = 0; i < window.height(); i++) {
              int pixelY = y + i - window.padding();
              for (int j = 0; j < window.width() && pixelY >= 0 && pixelY < height; j++) {
                int shift = j - window.padding(); // of the pixel from its position
                int from = Math.max(0, -shift);
                int to = Math.min(mapWidth, width - shift);
                if (from < to) {
                  row.visit(
                      images.index(n, c, pixelY, from + shift),
                      maps.index(n, m, y, from),
                      filters.index(m, c, i, j),
                      to - from);
                }
              }
            }
          }
        }
      }
    }
  }

  private static void store(double[] sums, ReferenceEpilogue finish, ReferenceTensor out) {
    int channels = out.shape().extent(1);
    int pixels = out.shape().extent(2) * out.shape().extent(3);
    for (int i = 0; i < sums.length; i++) {
      out.set(i, finish.apply(sums[i], i / pixels % channels));
    }
  }
}
