package dev.wta.backend.cpu;

import dev.wta.api.Shape;
import dev.wta.api.Window;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * A filter's window over images of one shape: which pixels of the image lie under which weights of
 * the filter where the window stands at a position of the map. Everything runs along the window's
 * rows, cut at the image's border.
 */
final class MapWindow {
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
  MapWindow(Shape images, Window window) {
    channels = images.extent(1);
    imageHeight = images.extent(2);
    imageWidth = images.extent(3);
    height = window.height();
    width = window.width();
    padding = window.padding();
    mapWidth = window.mapWidth(imageWidth);
  }

  /** The weights of a filter. */
  int filterSize() {
    return channels * height * width;
  }

  /** {@code image += c * filter} through the window at {@code position}. */
  void write(float c, float[] filters, int filter, float[] images, int image, int position) {
    int left = left(position);
    int from = Math.max(0, -left);
    int length = Math.min(width, imageWidth - left) - from;
    for (int channel = 0; channel < channels; channel++) {
      for (int i = firstRow(position); i < lastRow(position); i++) {
        int weights = filter + (channel * height + i) * width + from;
        int pixels = image + (channel * imageHeight + top(position) + i) * imageWidth + left + from;
        addShort(c, filters, weights, images, pixels, length);
      }
    }
  }

  /**
   * {@code row += c * image} read through the window at {@code position}; {@code row} is laid out
   * as a filter.
   */
  void read(float c, float[] images, int image, int position, float[] row, int to) {
    int left = left(position);
    int from = Math.max(0, -left);
    int length = Math.min(width, imageWidth - left) - from;
    for (int channel = 0; channel < channels; channel++) {
      for (int i = firstRow(position); i < lastRow(position); i++) {
        int weights = to + (channel * height + i) * width + from;
        int pixels = image + (channel * imageHeight + top(position) + i) * imageWidth + left + from;
        addShort(c, images, pixels, row, weights, length);
      }
    }
  }

  /**
   * The product of the filter with the image under the window at {@code position}.
   *
   * @param lanes room for a vector
   */
  float dot(float[] filters, int filter, float[] images, int image, int position, float[] lanes) {
    int left = left(position);
    int from = Math.max(0, -left);
    int length = Math.min(width, imageWidth - left) - from;
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int channel = 0; channel < channels; channel++) {
      for (int i = firstRow(position); i < lastRow(position); i++) {
        int weights = filter + (channel * height + i) * width + from;
        int pixels = image + (channel * imageHeight + top(position) + i) * imageWidth + left + from;
        for (int j = 0; j < length; j += Lanes.COUNT) {
          VectorMask<Float> mask = Lanes.FLOATS.indexInRange(j, length);
          sum =
              FloatVector.fromArray(Lanes.FLOATS, filters, weights + j, mask)
                  .fma(FloatVector.fromArray(Lanes.FLOATS, images, pixels + j, mask), sum);
        }
      }
    }
    sum.intoArray(lanes, 0);
    return LaneSums.of(lanes, 0);
  }

  /**
   * {@code out += c * x} over a short run, such as a filter's row: masked, so that it is one step
   * or two.
   */
  static void addShort(float c, float[] x, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      VectorMask<Float> mask = Lanes.FLOATS.indexInRange(i, length);
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, out, to + i, mask);
      FloatVector.fromArray(Lanes.FLOATS, x, from + i, mask)
          .fma(FloatVector.broadcast(Lanes.FLOATS, c), sum)
          .intoArray(out, to + i, mask);
    }
  }

  private int top(int position) {
    return position / mapWidth - padding;
  }

  private int left(int position) {
    return position % mapWidth - padding;
  }

  private int firstRow(int position) {
    return Math.max(0, -top(position));
  }

  private int lastRow(int position) {
    return Math.min(height, imageHeight - top(position));
  }
}
