package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The geometry of images copied for convolution: each channel's plane with zeros round it, so that
 * a tap is a constant distance from any position and needs no test for the border. A row's zeros on
 * the right are the next row's on the left. Positions are counted along the padded rows, so
 * consecutive ones are neighbours; a few at each row's end are no positions of the map, and what is
 * computed for them is skipped.
 */
public final class PaddedPlanes {
  private final int height;
  private final int width;
  private final int top;
  private final int left;
  private final int windowHeight;
  private final int windowWidth;
  private final int pitch;

  /**
   * @param height the image's
   * @param top rows of zeros above the image, and below it
   * @param left columns of zeros on the left of the image, and on its right
   */
  public PaddedPlanes(int height, int width, int top, int left, int windowHeight, int windowWidth) {
    this.height = height;
    this.width = width;
    this.top = top;
    this.left = left;
    this.windowHeight = windowHeight;
    this.windowWidth = windowWidth;
    this.pitch = width + left;
  }

  int mapHeight() {
    return height + 2 * top - windowHeight + 1;
  }

  int mapWidth() {
    return width + 2 * left - windowWidth + 1;
  }

  /** From a position to the one below it. */
  int pitch() {
    return pitch;
  }

  /** From the map's first position to one beyond its last. */
  int span() {
    return Math.max(0, (mapHeight() - 1) * pitch + mapWidth());
  }

  /** The elements of a channel's plane. */
  int plane() {
    return (height + 2 * top) * pitch + left;
  }

  /** The taps of one channel. */
  int taps() {
    return windowHeight * windowWidth;
  }

  /** The elements to allocate for some channels: vectors may read beyond the last position. */
  int size(int channels) {
    return channels * plane() + 4 * Lanes.COUNT;
  }

  /** Copies {@code channels} planes of {@code (height, width)} elements each to {@code target}. */
  void copy(float[] images, int image, int channels, float[] planes, int target) {
    Arrays.fill(planes, target, target + channels * plane(), 0f);
    for (int c = 0; c < channels; c++) {
      int from = image + c * height * width;
      int to = target + c * plane() + top * pitch + left;
      copyRows(images, from, width, planes, to, pitch, height, width);
    }
  }

  /**
   * Copies a map {@code (map height, map width)} so that its elements stand where the taps count
   * from, with zeros between the rows and up to {@code length} elements.
   */
  void copyMap(float[] maps, int map, float[] out, int to, int length) {
    Arrays.fill(out, to, to + length, 0f);
    copyRows(maps, map, mapWidth(), out, to, pitch, mapHeight(), mapWidth());
  }

  /** Rows are short, so that copying them one call each would take longer than what they hold. */
  private static void copyRows(
      float[] x, int from, int stride, float[] out, int to, int outStride, int rows, int columns) {
    for (int j = 0; j < columns; j += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(j, columns);
      for (int i = 0; i < rows; i++) {
        FloatVector.fromArray(FLOATS, x, from + i * stride + j, mask)
            .intoArray(out, to + i * outStride + j, mask);
      }
    }
  }

  /** Lists how far tap {@code (c, i, j)} is from the position that it is seen from. */
  void offsets(int channels, int[] offsets) {
    int t = 0;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < windowHeight; i++) {
        for (int j = 0; j < windowWidth; j++) {
          offsets[t++] = c * plane() + i * pitch + j;
        }
      }
    }
  }
}
