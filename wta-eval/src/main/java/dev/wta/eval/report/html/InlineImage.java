package dev.wta.eval.report.html;

import dev.wta.eval.image.TileShape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Images that are embedded in a page as PNG. Sides of more than {@value #MOST_SIDE} pixels are
 * brought down by averaging.
 */
public final class InlineImage {
  private static final int MOST_SIDE = 64;

  /** Grades of ink for a filter's weights of one sign. */
  private static final int GRADES = 15;

  private static final int POSITIVE_INK = 0x1c1a17;
  private static final int NEGATIVE_INK = 0xd2553a;
  private static final IndexColorModel INKS = inks();

  private final BufferedImage image;

  private InlineImage(BufferedImage image) {
    this.image = image;
  }

  /**
   * A filter's weights, on their own range: one of grey pictures as dark ink where weights are
   * positive, red where they are negative and none where they are 0, so that the page shows
   * through; one of colour pictures in its colours, with 0 in the middle.
   *
   * @param values {@code (channels, height, width)} from {@code offset}
   */
  public static InlineImage ofFilter(float[] values, int offset, TileShape shape) {
    Tile tile = Tile.of(values, offset, shape).within(MOST_SIDE);
    double range = tile.magnitude();
    if (shape.channels() == 3) {
      return rendered(tile, new Range(-range, range));
    }
    BufferedImage image =
        new BufferedImage(tile.width(), tile.height(), BufferedImage.TYPE_BYTE_INDEXED, INKS);
    for (int y = 0; y < tile.height(); y++) {
      for (int x = 0; x < tile.width(); x++) {
        double weight = range > 0 ? tile.at(0, y, x) / range : 0;
        image.getRaster().setSample(x, y, 0, GRADES + (int) Math.round(GRADES * weight));
      }
    }
    return new InlineImage(image);
  }

  /** A sample, grey or in colour. */
  public static InlineImage of(Tile sample, Range range) {
    return rendered(sample.within(MOST_SIDE), range);
  }

  /**
   * Several of one size in rows.
   *
   * @param gap the middle grey between them, in pixels
   */
  public static InlineImage grid(InlineImage[] tiles, int columns, int gap) {
    int width = tiles[0].image.getWidth();
    int height = tiles[0].image.getHeight();
    BufferedImage image =
        new BufferedImage(
            columns * (width + gap) - gap,
            Math.ceilDiv(tiles.length, columns) * (height + gap) - gap,
            tiles[0].image.getType());
    int[] grey = new int[image.getWidth() * image.getRaster().getNumBands()];
    Arrays.fill(grey, 128);
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRaster().setPixels(0, y, image.getWidth(), 1, grey);
    }
    for (int i = 0; i < tiles.length; i++) {
      int left = i % columns * (width + gap);
      int top = i / columns * (height + gap);
      image.getRaster().setRect(left, top, tiles[i].image.getRaster());
    }
    return new InlineImage(image);
  }

  private static InlineImage rendered(Tile tile, Range range) {
    BufferedImage image =
        new BufferedImage(
            tile.width(),
            tile.height(),
            tile.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int channel = 0; channel < tile.channels(); channel++) {
      for (int y = 0; y < tile.height(); y++) {
        for (int x = 0; x < tile.width(); x++) {
          double bright = range.place(tile.at(channel, y, x));
          image.getRaster().setSample(x, y, channel, (int) Math.round(255 * bright));
        }
      }
    }
    return new InlineImage(image);
  }

  int width() {
    return image.getWidth();
  }

  int height() {
    return image.getHeight();
  }

  /** An {@code <img>} with the picture in it, of class {@code ink} where the page shows through. */
  public Element img(String alt) {
    Element img = Element.of("img");
    if (image.getColorModel().equals(INKS)) {
      img.with("class", "ink");
    }
    return img.with("src", "data:image/png;base64," + Base64.getEncoder().encodeToString(png()))
        .with("width", width())
        .with("height", height())
        .with("alt", alt);
  }

  private byte[] png() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(image);
    } catch (IOException impossible) { // it is in memory
      throw new UncheckedIOException(impossible);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IndexColorModel inks() {
    int[] colours = new int[2 * GRADES + 1];
    for (int grade = 0; grade <= GRADES; grade++) {
      int alpha = 255 * grade / GRADES << 24;
      colours[GRADES - grade] = alpha | NEGATIVE_INK;
      colours[GRADES + grade] = alpha | POSITIVE_INK;
    }
    return new IndexColorModel(8, colours.length, colours, 0, true, -1, DataBuffer.TYPE_BYTE);
  }
}
