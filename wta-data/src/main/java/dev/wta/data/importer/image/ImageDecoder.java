package dev.wta.data.importer.image;

import dev.wta.data.io.ForeignFormat;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and PNM, distinguished by their first bytes. Values are taken as they are
 * stored: no colour profile or gamma is applied, and transparency is dropped. Images are turned
 * upright as EXIF says, and inks become colours. Not for several threads: the readers are kept from
 * image to image.
 */
final class ImageDecoder {
  /** Beyond this an image is a mistake, or meant to exhaust the memory. */
  static final long MOST_PIXELS = 1L << 28;

  private final Map<String, ImageReader> readers = new HashMap<>();

  /** What a reader's first warning says is damaged in the image at work. */
  private String damage = "";

  /**
   * The pixels of a file by its header, before anything is decoded.
   *
   * @throws UnreadableImageException if it has none, or more than can be
   */
  static long pixels(byte[] file) throws UnreadableImageException {
    if (isPng(file)) {
      if (file.length < 24) {
        throw new UnreadableImageException("it is cut short");
      }
      ByteBuffer bytes = ByteBuffer.wrap(file);
      return requirePixels(
          Integer.toUnsignedLong(bytes.getInt(16)), Integer.toUnsignedLong(bytes.getInt(20)));
    }
    if (isJpeg(file)) {
      JpegHeader header = JpegHeader.of(file);
      return Math.max(1L, (long) header.width() * header.height());
    }
    return isPnm(file) ? new PnmDecoder(file).pixels() : 1;
  }

  /**
   * Decodes a file.
   *
   * @throws UnreadableImageException if it cannot be, for whatever reason
   */
  DecodedImage decode(byte[] file) throws UnreadableImageException {
    Set<ImageRemark> remarks = EnumSet.noneOf(ImageRemark.class);
    if (isPng(file)) {
      PngChunks chunks = PngChunks.check(file);
      if (chunks.animated()) {
        remarks.add(ImageRemark.SEVERAL);
      }
      Image stored = decode(file, "png", reader -> picture(reader.read(0), remarks));
      return upright(stored, chunks.orientation(), remarks);
    }
    if (isJpeg(file)) {
      requireEnd(file);
      JpegHeader header = JpegHeader.of(file);
      Image stored =
          header.components() == 4
              ? decode(file, "jpeg", reader -> inks(reader.readRaster(0, null), header, remarks))
              : decode(file, "jpeg", reader -> picture(reader.read(0), remarks));
      return upright(stored, header.orientation(), remarks);
    }
    if (isPnm(file)) {
      PnmDecoder decoder = new PnmDecoder(file);
      Image picture = decoder.decode();
      if (decoder.hasMore()) {
        remarks.add(ImageRemark.SEVERAL);
      }
      return new DecodedImage(picture, remarks);
    }
    throw new UnreadableImageException(
        file.length == 0
            ? "it is empty"
            : ForeignFormat.of(Arrays.copyOf(file, ForeignFormat.BEGINNING_BYTES))
                .map(format -> "it is %s, and neither PNG, JPEG nor PNM".formatted(format.what()))
                .orElse("it is neither PNG, JPEG nor PNM"));
  }

  private static DecodedImage upright(Image stored, int orientation, Set<ImageRemark> remarks) {
    if (orientation != 1) {
      remarks.add(ImageRemark.TURNED);
    }
    return new DecodedImage(ExifOrientation.upright(stored, orientation), remarks);
  }

  private static boolean isPng(byte[] file) {
    return begins(file, 0x89, 'P', 'N', 'G');
  }

  private static boolean isJpeg(byte[] file) {
    return begins(file, 0xFF, 0xD8);
  }

  private static boolean isPnm(byte[] file) {
    return begins(file, 'P') && file.length > 2 && file[1] >= '1' && file[1] <= '6';
  }

  private static boolean begins(byte[] file, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= file.length || Byte.toUnsignedInt(file[i]) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Requires a JPEG's end marker behind its last scan: the decoder fills what is missing with grey.
   * Neither marker occurs in a scan's data, but a thumbnail before it has both.
   */
  private static void requireEnd(byte[] file) throws UnreadableImageException {
    for (int i = file.length - 2; i > 1; i--) {
      if (file[i] == (byte) 0xFF) {
        if (file[i + 1] == (byte) 0xD9) {
          return;
        }
        if (file[i + 1] == (byte) 0xDA) {
          break;
        }
      }
    }
    throw new UnreadableImageException("it is cut short");
  }

  /** What is made of a file that a reader has open. */
  private interface Reading {
    Image of(ImageReader reader) throws IOException;
  }

  private Image decode(byte[] file, String format, Reading reading)
      throws UnreadableImageException {
    ImageReader reader = readers.computeIfAbsent(format, this::reader);
    damage = "";
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      requirePixels(reader.getWidth(0), reader.getHeight(0));
      Image picture = reading.of(reader);
      if (!damage.isEmpty()) {
        throw new UnreadableImageException("it is damaged: " + damage);
      }
      return picture;
    } catch (IOException | RuntimeException broken) {
      // Readers throw any exception for damaged files.
      readers.remove(format);
      reader.dispose();
      String reason = broken.getMessage() == null ? "it is damaged" : broken.getMessage();
      throw new UnreadableImageException(reason.strip().replaceAll("\\s+", " "), broken);
    }
  }

  private ImageReader reader(String format) {
    Iterator<ImageReader> found = ImageIO.getImageReadersByFormatName(format);
    if (!found.hasNext()) {
      throw new IllegalStateException("this Java has no reader of " + format);
    }
    ImageReader reader = found.next();
    reader.addIIOReadWarningListener(
        (source, warning) -> damage = damage.isEmpty() && isDamage(warning) ? warning : damage);
    return reader;
  }

  /** Whether a warning is of missing or invalid data, for which the reader makes something up. */
  private static boolean isDamage(String warning) {
    return warning.startsWith("Corrupt JPEG data")
        || warning.startsWith("Premature end")
        || warning.startsWith("Inconsistent progression")
        || warning.startsWith("Invalid SOS");
  }

  /** The pixels of so many columns and rows, which have to be an image. */
  static long requirePixels(long width, long height) throws UnreadableImageException {
    if (width < 1 || height < 1 || width > MOST_PIXELS / height) {
      throw new UnreadableImageException("it is of %d x %d pixels".formatted(width, height));
    }
    return width * height;
  }

  /**
   * Red, green and blue of a JPEG of four inks: what light cyan, magenta, yellow and black leave.
   * Adobe stores inks inverted, and may store the first three as a JPEG stores colours.
   */
  private static Image inks(Raster raster, JpegHeader header, Set<ImageRemark> remarks) {
    remarks.add(ImageRemark.CONVERTED);
    int height = raster.getHeight();
    int width = raster.getWidth();
    int area = height * width;
    byte[] values = new byte[3 * area];
    int[] row = new int[4 * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        if (header.transform() == 2) {
          double luma = row[4 * x];
          double blueness = row[4 * x + 1] - 128;
          double redness = row[4 * x + 2] - 128;
          row[4 * x] = 255 - clamped(luma + 1.402 * redness);
          row[4 * x + 1] = 255 - clamped(luma - 0.344136 * blueness - 0.714136 * redness);
          row[4 * x + 2] = 255 - clamped(luma + 1.772 * blueness);
        }
        for (int ink = 0; ink < 3; ink++) {
          int light = row[4 * x + ink];
          int black = row[4 * x + 3];
          int value =
              header.adobe() ? light * black : (255 - light) * (255 - black); // of 255 * 255
          values[ink * area + y * width + x] = (byte) ((value + 127) / 255);
        }
      }
    }
    return new Image(3, height, width, values);
  }

  private static int clamped(double value) {
    return Math.clamp(Math.round(value), 0, 255);
  }

  private static Image picture(BufferedImage image, Set<ImageRemark> remarks) {
    if (isTransparent(image)) {
      remarks.add(ImageRemark.TRANSPARENT);
    }
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return throughColours(image, isGrey(palette));
    }
    if (raster.getSampleModel() instanceof ComponentSampleModel) {
      int type = raster.getDataBuffer().getDataType();
      if (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT) {
        return fromBands(raster);
      }
    }
    return throughColours(image, false);
  }

  /** Copies the bands, of which one or two are grey, three or four are colours; the rest opaque. */
  private static Image fromBands(Raster raster) {
    int channels = raster.getNumBands() < 3 ? 1 : 3;
    int height = raster.getHeight();
    int width = raster.getWidth();
    ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
    int step = model.getPixelStride();
    byte[] values = new byte[channels * height * width];
    int target = 0;
    for (int channel = 0; channel < channels; channel++) {
      int bank = model.getBankIndices()[channel];
      for (int y = 0; y < height; y++) {
        int from =
            raster.getDataBuffer().getOffsets()[bank]
                + model.getBandOffsets()[channel]
                + (y - raster.getSampleModelTranslateY()) * model.getScanlineStride()
                - raster.getSampleModelTranslateX() * step;
        switch (raster.getDataBuffer()) {
          case DataBufferByte bytes -> {
            byte[] source = bytes.getData(bank);
            for (int x = 0; x < width; x++) {
              values[target++] = source[from + x * step];
            }
          }
          case DataBufferUShort shorts -> {
            short[] source = shorts.getData(bank);
            for (int x = 0; x < width; x++) {
              values[target++] = scaled(Short.toUnsignedInt(source[from + x * step]), 0xFFFF);
            }
          }
          default -> throw new IllegalStateException("a buffer of neither bytes nor shorts");
        }
      }
    }
    return new Image(channels, height, width, values);
  }

  /** A value of an image whose white is {@code most}, rounded to one whose white is 255. */
  static byte scaled(int value, int most) {
    return (byte) ((value * 510 + most) / (2 * most));
  }

  /** Palettes and packed pixels: for them the red, green and blue that Java makes of a pixel. */
  private static Image throughColours(BufferedImage image, boolean grey) {
    int height = image.getHeight();
    int width = image.getWidth();
    int area = height * width;
    byte[] values = new byte[(grey ? 1 : 3) * area];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        values[at] = (byte) (row[x] >> 16);
        if (!grey) {
          values[area + at] = (byte) (row[x] >> 8);
          values[2 * area + at] = (byte) row[x];
        }
      }
    }
    return new Image(grey ? 1 : 3, height, width, values);
  }

  /** Whether a pixel is not opaque. */
  private static boolean isTransparent(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return false;
    }
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        if (pixel >>> 24 != 0xFF) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isGrey(IndexColorModel palette) {
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }
}
