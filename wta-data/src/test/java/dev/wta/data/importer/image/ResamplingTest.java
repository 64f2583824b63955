package dev.wta.data.importer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplingTest {
  private static Image noise(int channels, int height, int width) {
    byte[] values = new byte[channels * height * width];
    new Random(1).nextBytes(values);
    return new Image(channels, height, width, values);
  }

  private static Image row(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Image(1, 1, values.length, bytes);
  }

  /** Each target pixel as the weighted mean of all source pixels, the definition. */
  private static double expected(
      Image picture, int channel, int row, int column, int width, int height) {
    double stepX = picture.width() / (double) width;
    double stepY = picture.height() / (double) height;
    double sum = 0;
    double weights = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        double weight =
            triangle((x + 0.5 - (column + 0.5) * stepX) / Math.max(1, stepX))
                * triangle((y + 0.5 - (row + 0.5) * stepY) / Math.max(1, stepY));
        int at = (channel * picture.height() + y) * picture.width() + x;
        sum += weight * Byte.toUnsignedInt(picture.values()[at]);
        weights += weight;
      }
    }
    return sum / weights;
  }

  private static double triangle(double distance) {
    return Math.max(0, 1 - Math.abs(distance));
  }

  @ParameterizedTest
  @CsvSource({"7,5", "14,9", "28,20", "3,31", "1,1", "13,40"})
  void followsTheDefinition(int width, int height) {
    Image picture = noise(3, 20, 14);
    Image scaled = new ImageFit.Resize(width, height).apply(picture);
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int at = (channel * height + y) * width + x;
          assertThat((double) Byte.toUnsignedInt(scaled.values()[at]))
              .isCloseTo(expected(picture, channel, y, x, width, height), within(0.51));
        }
      }
    }
  }

  @Test
  void aPictureOfThatSizeStaysAsItIs() {
    Image picture = noise(3, 20, 14);
    assertThat(new ImageFit.Resize(14, 20).apply(picture).values()).isEqualTo(picture.values());
    assertThat(new ImageFit.Crop(14, 20).apply(picture).values()).isEqualTo(picture.values());
    assertThat(new ImageFit.AsStored().apply(picture)).isSameAs(picture);
  }

  @Test
  void brightnessIsKept() {
    byte[] white = new byte[37 * 53];
    Arrays.fill(white, (byte) 255);
    for (byte value : new ImageFit.Crop(11, 90).apply(new Image(1, 53, 37, white)).values()) {
      assertThat(value).isEqualTo((byte) 255);
    }
  }

  @Test
  void cropsTheMiddle() {
    assertThat(new ImageFit.Crop(1, 1).apply(row(1, 2, 3, 4)).values()).containsExactly(2);
    assertThat(new ImageFit.Crop(2, 1).apply(row(1, 2, 3, 4)).values()).containsExactly(2, 3);
    assertThat(new ImageFit.Crop(3, 1).apply(row(1, 9, 2, 8)).values())
        .containsExactly(1, 9, 2); // whole pixels where nothing is scaled
  }

  @Test
  void cropScalesUntilTheSizeIsJustCovered() {
    Image wide = noise(1, 20, 60);
    byte[] middle = new byte[400];
    for (int y = 0; y < 20; y++) {
      System.arraycopy(wide.values(), y * 60 + 20, middle, y * 20, 20);
    }
    byte[] cropped = new ImageFit.Crop(10, 10).apply(wide).values();
    byte[] expected = new ImageFit.Resize(10, 10).apply(new Image(1, 20, 20, middle)).values();
    for (int y = 0; y < 10; y++) {
      for (int x = 1; x < 9; x++) { // at the edges the crop sees beyond them
        assertThat(cropped[y * 10 + x]).isEqualTo(expected[y * 10 + x]);
      }
    }
  }

  @Test
  void sizesThatCannotBe() {
    assertThatThrownBy(() -> new ImageFit.Resize(0, 5))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("0x5");
    assertThatThrownBy(() -> new ImageFit.Crop(99_999, 99_999)).isInstanceOf(WtaException.class);
  }
}
