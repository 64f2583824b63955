package dev.wta.backend.cpu.conv;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.RunningSum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * A filter's window over images of one shape: which pixels of the image lie under which weights of
 * the filter where the window stands at a position of the map. Everything runs along the window's
 * rows, cut at the image's border.
 */
public final class MapWindow {
  private final int channels;
  private final int imageHeight;
  private final int imageWidth;
  private final int height;
  private final int width;
  private final int padding;
  private final int mapWidth;

  /**
   * @param images {@code (samples, channels, height, width)}
   */
  public MapWindow(Shape images, Window window) {
    channels = images.extent(1);
    imageHeight = images.extent(2);
    imageWidth = images.extent(3);
    height = window.height();
    width = window.width();
    padding = window.padding();
    mapWidth = window.mapWidth(imageWidth);
  }

  /** The weights of a filter. */
  public int filterSize() {
    return channels * height * width;
  }

  /** {@code image += c * filter} through the window at {@code position}. */
  public void write(float c, float[] filters, int filter, float[] images, int image, int position) {
    int top = top(position);
    int left = left(position);
    int last = lastColumn(left);
    for (int j = firstColumn(left); j < last; j += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.FLOATS.indexInRange(j, last);
      for (int channel = 0; channel < channels; channel++) {
        int weights = filter + channel * height * width + j;
        int pixels = image + (channel * imageHeight + top) * imageWidth + left + j;
        for (int i = firstRow(top); i < lastRow(top); i++) {
          int at = pixels + i * imageWidth;
          FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, images, at, mask);
          FloatVector.fromArray(Lanes.FLOATS, filters, weights + i * width, mask)
              .fma(FloatVector.broadcast(Lanes.FLOATS, c), sum)
              .intoArray(images, at, mask);
        }
      }
    }
  }

  /** {@link #write} into an image of double precision, for where very many windows overlap. */
  public void write(float c, float[] filters, int filter, double[] image, int position) {
    int top = top(position);
    int left = left(position);
    for (int channel = 0; channel < channels; channel++) {
      for (int i = firstRow(top); i < lastRow(top); i++) {
        int weights = filter + (channel * height + i) * width;
        int pixels = (channel * imageHeight + top + i) * imageWidth + left;
        for (int j = firstColumn(left); j < lastColumn(left); j++) {
          image[pixels + j] += (double) c * filters[weights + j];
        }
      }
    }
  }

  /**
   * {@code row += c * image} read through the window at {@code position}; {@code row} is laid out
   * as a filter.
   */
  public void read(float c, float[] images, int image, int position, float[] row, int to) {
    int top = top(position);
    int left = left(position);
    int last = lastColumn(left);
    for (int j = firstColumn(left); j < last; j += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.FLOATS.indexInRange(j, last);
      for (int channel = 0; channel < channels; channel++) {
        int weights = to + channel * height * width + j;
        int pixels = image + (channel * imageHeight + top) * imageWidth + left + j;
        for (int i = firstRow(top); i < lastRow(top); i++) {
          int at = weights + i * width;
          FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, row, at, mask);
          FloatVector.fromArray(Lanes.FLOATS, images, pixels + i * imageWidth, mask)
              .fma(FloatVector.broadcast(Lanes.FLOATS, c), sum)
              .intoArray(row, at, mask);
        }
      }
    }
  }

  /**
   * The product of the filter with the image under the window at {@code position}.
   *
   * @param lanes room for a vector
   */
  public float dot(
      float[] filters, int filter, float[] images, int image, int position, float[] lanes) {
    int top = top(position);
    int left = left(position);
    int last = lastColumn(left);
    int block = RunningSum.block(RunningSum.LONGEST, filterSize());
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int terms = 0; // of a lane of `sum`
    for (int j = firstColumn(left); j < last; j += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.FLOATS.indexInRange(j, last);
      for (int channel = 0; channel < channels; channel++) {
        int weights = filter + channel * height * width + j;
        int pixels = image + (channel * imageHeight + top) * imageWidth + left + j;
        for (int row = firstRow(top); row < lastRow(top); row += block) {
          int end = Math.min(lastRow(top), row + block);
          if (terms + end - row > block) {
            total = total.add(sum);
            sum = FloatVector.zero(Lanes.FLOATS);
            terms = 0;
          }
          for (int i = row; i < end; i++) {
            sum =
                FloatVector.fromArray(Lanes.FLOATS, filters, weights + i * width, mask)
                    .fma(
                        FloatVector.fromArray(Lanes.FLOATS, images, pixels + i * imageWidth, mask),
                        sum);
          }
          terms += end - row;
        }
      }
    }
    total.add(sum).intoArray(lanes, 0);
    return LaneSums.of(lanes, 0);
  }

  private int top(int position) {
    return position / mapWidth - padding;
  }

  private int left(int position) {
    return position % mapWidth - padding;
  }

  /** The window's first row that lies inside the image. */
  private static int firstRow(int top) {
    return Math.max(0, -top);
  }

  private int lastRow(int top) {
    return Math.min(height, imageHeight - top);
  }

  private static int firstColumn(int left) {
    return Math.max(0, -left);
  }

  private int lastColumn(int left) {
    return Math.min(width, imageWidth - left);
  }
}
