package dev.wta.eval.image;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Tiles of one size in rows and columns on white, as a PNG file. */
final class ImageGrid {
  private final TileShape tile;
  private final int zoom;
  private final int gap;
  private final BufferedImage image;

  /**
   * An empty grid.
   *
   * @param zoom the side of a tile's pixel in the picture
   * @param gap the white between tiles and round them
   */
  ImageGrid(TileShape tile, int rows, int columns, int zoom, int gap) {
    this.tile = tile;
    this.zoom = zoom;
    this.gap = gap;
    image =
        new BufferedImage(
            gap + columns * (tile.width() * zoom + gap),
            gap + rows * (tile.height() * zoom + gap),
            tile.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    int[] white = new int[image.getWidth() * tile.channels()];
    Arrays.fill(white, 255);
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRaster().setPixels(0, y, image.getWidth(), 1, white);
    }
  }

  /**
   * Puts a tile at a place of the grid.
   *
   * @param values {@code (channels, height, width)} from {@code offset}
   * @param low the value that is black; values below it are, too
   * @param high the value that is white; values above it are, too
   */
  void put(int row, int column, float[] values, int offset, double low, double high) {
    WritableRaster raster = image.getRaster();
    int left = gap + column * (tile.width() * zoom + gap);
    int top = gap + row * (tile.height() * zoom + gap);
    int[] block = new int[zoom * zoom];
    for (int channel = 0; channel < tile.channels(); channel++) {
      for (int y = 0; y < tile.height(); y++) {
        for (int x = 0; x < tile.width(); x++) {
          double value = values[offset + tile.index(channel, y, x)];
          double bright = high > low ? (value - low) / (high - low) : 0.5;
          Arrays.fill(block, (int) Math.round(255 * Math.clamp(bright, 0.0, 1.0)));
          raster.setSamples(left + x * zoom, top + y * zoom, zoom, zoom, channel, block);
        }
      }
    }
  }

  /**
   * Writes the picture, which appears once it is whole.
   *
   * @throws WtaException if it cannot be written there
   */
  void write(Path png) {
    try (AtomicFile file = AtomicFile.create(png)) {
      file.write(encoded());
      file.commit();
    } catch (IOException unwritable) {
      throw new WtaException(
          "the picture %s cannot be written: %s".formatted(png, unwritable),
          "give a file in a folder that exists and can be written to",
          unwritable);
    }
  }

  /** In memory, because the encoder hides why a file cannot be written. */
  private byte[] encoded() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("this JDK has no writer for PNG files");
      }
    }
    return bytes.toByteArray();
  }
}
