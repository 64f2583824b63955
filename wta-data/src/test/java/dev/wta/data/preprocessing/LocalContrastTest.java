package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LocalContrastTest {
  private static final int CHANNELS = 2;
  private static final int HEIGHT = 9;
  private static final int WIDTH = 13;
  private static final Shape PICTURE = Shape.of(CHANNELS, HEIGHT, WIDTH);
  private static final int SAMPLES = 20; // more than one thread takes at once

  private static float[] pictures() {
    Random random = new Random(2);
    float[] pictures = new float[SAMPLES * CHANNELS * HEIGHT * WIDTH];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat() * 3 - 1;
    }
    return pictures;
  }

  /** The mean of a plane's values round a pixel, by the formula in two dimensions. */
  private static double around(double[][] plane, int y, int x, int size, double spread) {
    double sum = 0;
    double weights = 0;
    for (int v = Math.max(0, y - size / 2); v <= Math.min(HEIGHT - 1, y + size / 2); v++) {
      for (int u = Math.max(0, x - size / 2); u <= Math.min(WIDTH - 1, x + size / 2); u++) {
        double weight = Math.exp(-((v - y) * (v - y) + (u - x) * (u - x)) / spread);
        sum += weight * plane[v][u];
        weights += weight;
      }
    }
    return sum / weights;
  }

  @Test
  void itIsTheFormulaInTwoDimensions() {
    for (int size : new int[] {1, 5, 21}) {
      float[] before = pictures();
      float[] after = before.clone();
      new LocalContrast(size, 4.5, 0.25).apply(after, SAMPLES, PICTURE);
      for (int start = 0; start < before.length; start += HEIGHT * WIDTH) {
        double[][] plane = new double[HEIGHT][WIDTH];
        double[][] centred = new double[HEIGHT][WIDTH];
        double[][] squares = new double[HEIGHT][WIDTH];
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
          plane[i / WIDTH][i % WIDTH] = before[start + i];
        }
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
          double mean = around(plane, i / WIDTH, i % WIDTH, size, 4.5);
          centred[i / WIDTH][i % WIDTH] = before[start + i] - mean;
          squares[i / WIDTH][i % WIDTH] = Math.pow(before[start + i] - mean, 2);
        }
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
          int y = i / WIDTH;
          int x = i % WIDTH;
          double expected = centred[y][x] / Math.sqrt(0.25 + around(squares, y, x, size, 4.5));
          assertThat((double) after[start + i]).isCloseTo(expected, within(1e-5));
        }
      }
    }
  }

  @Test
  void aFlatPictureIsZeroUpToItsEdges() {
    float[] flat = new float[CHANNELS * HEIGHT * WIDTH];
    Arrays.fill(flat, 200);
    new LocalContrast(21, 21.7, 1).apply(flat, 1, PICTURE);
    for (float value : flat) {
      assertThat(value).isCloseTo(0, within(1e-5f));
    }
  }

  @Test
  void theDefaultsAreThePapers() {
    MemoryDataset data = MemoryDataset.of("pictures", PICTURE, pictures());
    assertThat(Preprocessing.fit(List.of("lcn"), data)).isEqualTo(new LocalContrast(21, 21.7, 1));
    Preprocessing fitted = Preprocessing.fit(List.of("lcn(9, 3.5)"), data);
    assertThat(fitted).isEqualTo(new LocalContrast(9, 3.5, 1));
    assertThat(Preprocessing.of(fitted.describe())).isEqualTo(fitted);
  }

  @Test
  void samplesThatAreNoPicturesAreRefused() {
    MemoryDataset flat = MemoryDataset.of("flat.arrow", Shape.of(4), new float[8]);
    assertThatThrownBy(() -> Preprocessing.fit(List.of("lcn"), flat))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("lcn takes pictures, and the samples of flat.arrow have shape 4");
  }

  @Test
  void anEvenWindowIsRefused() {
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("lcn(20)")))
        .hasMessageContaining("its size has to be an odd number of at least 1, not 20");
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("lcn(21, 0)")))
        .hasMessageContaining("its spread has to be a number above 0, not 0");
  }
}
