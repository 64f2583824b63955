package dev.wta.data.importer.image;

import java.util.Arrays;

/**
 * Scales images with a triangular filter, which is as wide as a target's pixel where it shrinks
 * them, so that every source pixel counts and nothing aliases, and is linear interpolation where it
 * enlarges them.
 */
final class Resampling {
  private Resampling() {}

  /** Of each target pixel along one axis, the first source pixel that counts, and the weights. */
  private static final class Axis {
    private final int[] first;
    private final float[][] weights;

    /** Targets share out {@code length} source pixels from {@code origin}, of {@code size}. */
    Axis(double origin, double length, int size, int targets) {
      first = new int[targets];
      weights = new float[targets][];
      double step = length / targets;
      double radius = Math.max(1, step);
      for (int i = 0; i < targets; i++) {
        double centre = origin + (i + 0.5) * step;
        int from = Math.clamp((long) Math.floor(centre - radius), 0, size - 1);
        int to = Math.clamp((long) Math.ceil(centre + radius), from + 1, size);
        double[] triangle = new double[to - from];
        double sum = 0;
        for (int j = from; j < to; j++) {
          triangle[j - from] = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / radius);
          sum += triangle[j - from];
        }
        first[i] = from;
        weights[i] = new float[to - from];
        for (int j = 0; j < triangle.length; j++) {
          weights[i][j] = (float) (triangle[j] / sum);
        }
      }
    }

    int begin() {
      return first[0];
    }

    int end() {
      return first[first.length - 1] + weights[first.length - 1].length;
    }
  }

  /**
   * Scales a piece of an image, given in pixels and parts of them, to a size.
   *
   * @param left the piece's left edge
   * @param top its upper edge
   */
  static Image scale(
      Image picture,
      double left,
      double top,
      double pieceWidth,
      double pieceHeight,
      int width,
      int height) {
    if (picture.width() == width && picture.height() == height) {
      return picture;
    }
    Axis across = new Axis(left, pieceWidth, picture.width(), width);
    Axis down = new Axis(top, pieceHeight, picture.height(), height);
    byte[] values = new byte[picture.channels() * height * width];
    float[] narrow = new float[(down.end() - down.begin()) * width];
    float[] sums = new float[width];
    for (int channel = 0; channel < picture.channels(); channel++) {
      int plane = channel * picture.height() * picture.width();
      for (int y = down.begin(); y < down.end(); y++) {
        narrowRow(
            picture.values(),
            plane + y * picture.width(),
            across,
            narrow,
            (y - down.begin()) * width);
      }
      for (int y = 0; y < height; y++) {
        Arrays.fill(sums, 0.5f); // rounds
        float[] weights = down.weights[y];
        for (int i = 0; i < weights.length; i++) {
          int row = (down.first[y] + i - down.begin()) * width;
          for (int x = 0; x < width; x++) {
            sums[x] += weights[i] * narrow[row + x];
          }
        }
        int target = (channel * height + y) * width;
        for (int x = 0; x < width; x++) {
          values[target + x] = (byte) Math.clamp((int) sums[x], 0, 255);
        }
      }
    }
    return new Image(picture.channels(), height, width, values);
  }

  private static void narrowRow(
      byte[] source, int from, Axis across, float[] target, int targetFrom) {
    for (int x = 0; x < across.first.length; x++) {
      float[] weights = across.weights[x];
      float sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * (source[from + across.first[x] + i] & 0xFF);
      }
      target[targetFrom + x] = sum;
    }
  }
}
