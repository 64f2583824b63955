package dev.wta.data.importer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder();

  private static int[] unsigned(Image picture) {
    int[] values = new int[picture.values().length];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(picture.values()[i]));
    return values;
  }

  private int[] decode(byte[] file) throws UnreadableImageException {
    return unsigned(decoder.decode(file).picture());
  }

  private void assertUnreadable(byte[] file, String reason) {
    assertThatThrownBy(() -> decoder.decode(file))
        .isInstanceOf(UnreadableImageException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void colours(int type) throws UnreadableImageException {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, 0xFF010203);
    image.setRGB(1, 0, 0xFFC8D4E0);
    Image picture = decoder.decode(ImageFiles.encoded(image, "png")).picture();
    assertThat(picture.channels()).isEqualTo(3);
    assertThat(picture.height()).isEqualTo(1);
    assertThat(picture.width()).isEqualTo(2);
    assertThat(unsigned(picture)).containsExactly(1, 0xC8, 2, 0xD4, 3, 0xE0);
  }

  @Test
  void transparencyIsDropped() throws UnreadableImageException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00010203);
    assertThat(decode(ImageFiles.encoded(image, "png"))).containsExactly(1, 2, 3);
  }

  /** Java's own conversion of grey to red, green and blue would brighten them. */
  @Test
  void greysAreTakenAsStored() throws UnreadableImageException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 100, 255});
    assertThat(decode(ImageFiles.encoded(image, "png"))).containsExactly(0, 100, 255);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {100, 100, 100});
    for (int value : decode(ImageFiles.encoded(image, "jpeg"))) {
      assertThat(value).isEqualTo(100);
    }
  }

  @Test
  void sixteenBitsAreRoundedToEight() throws UnreadableImageException {
    BufferedImage grey = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setPixels(0, 0, 4, 1, new int[] {0, 128, 129, 65535});
    assertThat(decode(ImageFiles.encoded(grey, "png"))).containsExactly(0, 0, 1, 255);
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, new int[] {257, 2 * 257, 65535});
    BufferedImage colour = new BufferedImage(model, raster, false, null);
    assertThat(decode(ImageFiles.encoded(colour, "png"))).containsExactly(1, 2, 255);
  }

  @Test
  void palettes() throws UnreadableImageException {
    byte[] rising = {0, 100, (byte) 200};
    byte[] flat = {7, 7, 7};
    for (boolean grey : new boolean[] {true, false}) {
      IndexColorModel palette = new IndexColorModel(8, 3, rising, rising, grey ? rising : flat);
      BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
      image.getRaster().setPixels(0, 0, 3, 1, new int[] {2, 0, 1});
      int[] values = decode(ImageFiles.encoded(image, "png"));
      if (grey) {
        assertThat(values).containsExactly(200, 0, 100);
      } else {
        assertThat(values).containsExactly(200, 0, 100, 200, 0, 100, 7, 7, 7);
      }
    }
  }

  @Test
  void onePixelBits() throws UnreadableImageException {
    BufferedImage image = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(8, 0, 0xFFFFFFFF);
    assertThat(decode(ImageFiles.encoded(image, "png")))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 255);
  }

  @Test
  void jpeg() throws UnreadableImageException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 16; x++) {
        image.setRGB(x, y, 0xC86432);
      }
    }
    int[] values = decode(ImageFiles.encoded(image, "jpeg"));
    for (int i = 0; i < 128; i++) {
      assertThat(values[i]).isCloseTo(200, within(4));
      assertThat(values[128 + i]).isCloseTo(100, within(4));
      assertThat(values[256 + i]).isCloseTo(50, within(4));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'P2 2 2 255\n1 2\n3 255', '1,2,3,255'",
    "'P2 # a comment\n2 #another\n1\n100\n0 50', '0,128'",
    "'P3 1 2 255 1 2 3 4 5 6', '1,4,2,5,3,6'",
    "'P1 3 2\n0 1 0\n101', '255,0,255,0,255,0'"
  })
  void netpbmInText(String file, String expected) throws UnreadableImageException {
    int[] values = Arrays.stream(expected.split(",")).mapToInt(Integer::parseInt).toArray();
    assertThat(decode(ImageFiles.pgm(file))).containsExactly(values);
  }

  @Test
  void netpbmInBinary() throws UnreadableImageException {
    assertThat(decode(ImageFiles.pgm("P5 2 1 255\n", (byte) 32, (byte) 200)))
        .containsExactly(32, 200);
    assertThat(decode(ImageFiles.pgm("P5 2 1 15\n", (byte) 15, (byte) 1))).containsExactly(255, 17);
    assertThat(decode(ImageFiles.pgm("P5 2 1 65535\n", (byte) 255, (byte) 255, (byte) 1, (byte) 1)))
        .containsExactly(255, 1);
    assertThat(decode(ImageFiles.pgm("P6\n2\t1\r\n255\n", new byte[] {1, 2, 3, 4, 5, 6})))
        .containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(decode(ImageFiles.pgm("P4 9 2\n", new byte[] {1, 0, 0, (byte) 0x80})))
        .containsExactly(
            255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "P5 2 2 255, cut short",
    "P5 2, cut short",
    "P5 x 2 255, no number",
    "P5 0 2 255, 0 x 2 pixels",
    "P5 2 2 0, maximum is 0",
    "P5 2 2 70000, above",
    "P5 99999 99999 255, 99999 x 99999 pixels",
    "P2 2 1 9 1 10, above",
    "P1 2 1 2 1, no number",
    "P2 9999 9999 255 1 2 3, cut short",
    "P7 2 2, neither",
    "text, neither"
  })
  void damagedNetpbm(String file, String reason) {
    assertUnreadable(ImageFiles.pgm(file), reason);
  }

  @Test
  void valuesAboveTheMaximum() {
    assertUnreadable(ImageFiles.pgm("P5 1 1 9\n", (byte) 10), "value 10 and a maximum of 9");
  }

  @Test
  void cutShort() {
    byte[] png = ImageFiles.colourPng(20, 20, 9);
    // The last bytes are checksums and the end's mark: without them no pixel is missing.
    for (int length = 0; length < png.length - 30; length++) {
      assertUnreadable(Arrays.copyOf(png, length), "");
    }
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    byte[] jpeg = ImageFiles.encoded(image, "jpeg");
    for (int length = 0; length < jpeg.length; length++) {
      assertUnreadable(Arrays.copyOf(jpeg, length), "");
    }
  }

  @Test
  void aThumbnailsEndIsNotThePictures() {
    byte[] jpeg = ImageFiles.encoded(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "jpeg");
    byte[] file = new byte[2 * jpeg.length + 4]; // the first in an application's segment
    file[0] = (byte) 0xFF;
    file[1] = (byte) 0xD8;
    file[2] = (byte) 0xFF;
    file[3] = (byte) 0xE5;
    file[4] = (byte) (jpeg.length + 2 >> 8);
    file[5] = (byte) (jpeg.length + 2);
    System.arraycopy(jpeg, 0, file, 6, jpeg.length);
    System.arraycopy(jpeg, 2, file, 6 + jpeg.length, jpeg.length - 2);
    assertThat(file).endsWith(0xFF, 0xD9);
    assertUnreadable(Arrays.copyOf(file, file.length - 5), "cut short");
  }

  @Test
  void sizesThatMustBeMistakes() {
    byte[] png = ImageFiles.colourPng(2, 2, 9);
    png[16] = 0x55; // the width's first byte
    assertUnreadable(png, "x 2 pixels");
  }

  @Test
  void continuesAfterDamage() throws UnreadableImageException {
    byte[] png = ImageFiles.colourPng(2, 1, 9);
    byte[] damaged = png.clone();
    damaged[45] ^= 0x55;
    for (int i = 0; i < 3; i++) {
      assertUnreadable(damaged, "");
      assertThat(decode(png)).containsExactly(0, 10, 0, 0, 9, 9);
    }
  }
}
