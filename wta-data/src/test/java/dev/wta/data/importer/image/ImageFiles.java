package dev.wta.data.importer.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Small pictures as files. */
public final class ImageFiles {
  private ImageFiles() {}

  public static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer of %s for %s".formatted(format, image));
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  /** A PNG in which red is 10 times the column, green 10 times the row, and blue is given. */
  public static byte[] colourPng(int width, int height, int blue) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 10 * x << 16 | 10 * y << 8 | blue);
      }
    }
    return encoded(image, "png");
  }

  /** A binary PGM all of one brightness. */
  public static byte[] plainPgm(int width, int height, int brightness) {
    byte[] pixels = new byte[width * height];
    Arrays.fill(pixels, (byte) brightness);
    return pgm("P5 %d %d 255\n".formatted(width, height), pixels);
  }

  /** A file of Netpbm's: a header, then bytes. */
  static byte[] pgm(String header, byte... pixels) {
    byte[] begin = header.getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(begin, begin.length + pixels.length);
    System.arraycopy(pixels, 0, file, begin.length, pixels.length);
    return file;
  }
}
