package dev.wta.backend.cpu;

import dev.wta.api.Shape;
import dev.wta.api.Window;
import java.util.Arrays;

/**
 * Lays an image out in columns, {@code (channels * window height * window width, positions)}: row
 * {@code (c, i, j)} holds, for each position of the map, the pixel that filter element {@code (c,
 * i, j)} sees there. Convolution is then a product.
 */
final class ImageColumns {
  private final int imageHeight;
  private final int imageWidth;
  private final int height;
  private final int width;
  private final int padding;
  private final int mapHeight;
  private final int mapWidth;

  /**
   * @param images {@code (samples, channels, height, width)}
   */
  ImageColumns(Shape images, Window window) {
    imageHeight = images.extent(2);
    imageWidth = images.extent(3);
    height = window.height();
    width = window.width();
    padding = window.padding();
    mapHeight = window.mapHeight(imageHeight);
    mapWidth = window.mapWidth(imageWidth);
  }

  int positions() {
    return mapHeight * mapWidth;
  }

  /** Lays channels {@code from} to {@code to - 1} of the image out. */
  void layOut(float[] images, int image, int from, int to, float[] columns) {
    for (int c = from; c < to; c++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          int row = ((c * height + i) * width + j) * positions();
          int first = firstColumn(j);
          int last = lastColumn(j);
          for (int y = 0; y < mapHeight; y++) {
            int at = row + y * mapWidth;
            int line = y + i - padding;
            if (line < 0 || line >= imageHeight || first >= last) {
              Arrays.fill(columns, at, at + mapWidth, 0f);
              continue;
            }
            Arrays.fill(columns, at, at + first, 0f);
            int pixels = image + (c * imageHeight + line) * imageWidth + j - padding;
            System.arraycopy(images, pixels + first, columns, at + first, last - first);
            Arrays.fill(columns, at + last, at + mapWidth, 0f);
          }
        }
      }
    }
  }

  /**
   * The reverse: adds each column's elements to the pixels that they stand for, over {@code
   * channels} channels.
   */
  void addUp(float[] columns, int channels, float[] images, int image) {
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          int row = ((c * height + i) * width + j) * positions();
          int first = firstColumn(j);
          int last = lastColumn(j);
          for (int y = 0; y < mapHeight; y++) {
            int line = y + i - padding;
            if (line >= 0 && line < imageHeight && first < last) {
              int pixels = image + (c * imageHeight + line) * imageWidth + j - padding;
              int at = row + y * mapWidth;
              MapWindow.addShort(1, columns, at + first, images, pixels + first, last - first);
            }
          }
        }
      }
    }
  }

  /** The first map column whose window's column {@code j} lies inside the image. */
  private int firstColumn(int j) {
    return Math.min(mapWidth, Math.max(0, padding - j));
  }

  /** One beyond the last such map column. */
  private int lastColumn(int j) {
    return Math.max(0, Math.min(mapWidth, imageWidth + padding - j));
  }
}
