package dev.wta.data.imports;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and PNM, told apart by their first bytes. Values are taken as they are stored:
 * no colour profile, gamma or orientation is applied, and transparency is dropped. Not for several
 * threads: the readers are kept from picture to picture.
 */
final class PictureDecoder {
  /** Beyond this a picture is a mistake, or meant to exhaust the memory. */
  static final long MOST_PIXELS = 1L << 28;

  private final Map<String, ImageReader> readers = new HashMap<>();

  /** The last that a reader gave of the picture at work. */
  private String warning = "";

  /**
   * Decodes a file.
   *
   * @throws UnreadablePictureException if it cannot be, for whatever reason
   */
  Picture decode(byte[] file) throws UnreadablePictureException {
    if (begins(file, 0x89, 'P', 'N', 'G')) {
      return decode(file, "png");
    }
    if (begins(file, 0xFF, 0xD8)) {
      requireEnd(file);
      return decode(file, "jpeg");
    }
    if (begins(file, 'P') && file.length > 2 && file[1] >= '1' && file[1] <= '6') {
      return new PnmDecoder(file).decode();
    }
    throw new UnreadablePictureException(
        file.length == 0 ? "it is empty" : "it is neither PNG, JPEG nor PNM");
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
  private static void requireEnd(byte[] file) throws UnreadablePictureException {
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
    throw new UnreadablePictureException("it is cut short");
  }

  private Picture decode(byte[] file, String format) throws UnreadablePictureException {
    ImageReader reader = readers.computeIfAbsent(format, this::reader);
    warning = "";
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      requirePixels(reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      if (warning.startsWith("Corrupt JPEG data")) {
        throw new UnreadablePictureException("it is damaged: " + warning);
      }
      return picture(image);
    } catch (IOException | RuntimeException broken) {
      // Readers answer damaged files with whatever exception their arithmetic ends in.
      readers.remove(format);
      reader.dispose();
      String reason = broken.getMessage() == null ? "it is damaged" : broken.getMessage();
      throw new UnreadablePictureException(reason.strip().replaceAll("\\s+", " "), broken);
    }
  }

  private ImageReader reader(String format) {
    Iterator<ImageReader> found = ImageIO.getImageReadersByFormatName(format);
    if (!found.hasNext()) {
      throw new IllegalStateException("this Java has no reader of " + format);
    }
    ImageReader reader = found.next();
    reader.addIIOReadWarningListener((source, told) -> warning = told);
    return reader;
  }

  static void requirePixels(long width, long height) throws UnreadablePictureException {
    if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
      throw new UnreadablePictureException("it is of %d x %d pixels".formatted(width, height));
    }
  }

  private static Picture picture(BufferedImage image) {
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
  private static Picture fromBands(Raster raster) {
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
    return new Picture(channels, height, width, values);
  }

  /** A value of a picture whose white is {@code most}, rounded to one whose white is 255. */
  static byte scaled(int value, int most) {
    return (byte) ((value * 510 + most) / (2 * most));
  }

  /** Palettes and packed pixels: for them the red, green and blue that Java makes of a pixel. */
  private static Picture throughColours(BufferedImage image, boolean grey) {
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
    return new Picture(grey ? 1 : 3, height, width, values);
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
