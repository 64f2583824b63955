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
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class ZcaTest {
  private static final int WIDTH = 37; // not a whole number of tiles
  private static final int SAMPLES = 600;
  private static final Shape SAMPLE = Shape.of(WIDTH);

  /** Correlated samples: a random walk with an offset. */
  private static float[] walks(int samples) {
    Random random = new Random(3);
    float[] values = new float[samples * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() + (i % WIDTH == 0 ? 5 : 0.9f * values[i - 1]);
    }
    return values;
  }

  private static MemoryDataset data() {
    return MemoryDataset.of("walks", SAMPLE, walks(SAMPLES));
  }

  private static double[][] covariance(float[] samples) {
    int count = samples.length / WIDTH;
    double[] mean = new double[WIDTH];
    for (int i = 0; i < samples.length; i++) {
      mean[i % WIDTH] += samples[i] / (double) count;
    }
    double[][] covariance = new double[WIDTH][WIDTH];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int j = 0; j < WIDTH; j++) {
          covariance[i][j] +=
              (samples[row * WIDTH + i] - mean[i]) * (samples[row * WIDTH + j] - mean[j]) / count;
        }
      }
    }
    return covariance;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[WIDTH][WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      for (int j = 0; j < WIDTH; j++) {
        for (int k = 0; k < WIDTH; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static void assertIdentity(double[][] matrix, double tolerance) {
    for (int i = 0; i < WIDTH; i++) {
      for (int j = 0; j < WIDTH; j++) {
        assertThat(matrix[i][j]).isCloseTo(i == j ? 1 : 0, within(tolerance));
      }
    }
  }

  @Test
  void withoutEpsilonTheCovarianceBecomesTheIdentity() {
    float[] samples = walks(SAMPLES);
    Preprocessing.fit(List.of("zca(0)"), data()).apply(samples, SAMPLES, SAMPLE);
    assertIdentity(covariance(samples), 1e-4);
    double sum = 0;
    for (float value : samples) {
      sum += value;
    }
    assertThat(sum / samples.length).isCloseTo(0, within(1e-5));
  }

  @Test
  void itIsTheSymmetricRootOfTheInverse() {
    // W (C + epsilon I) W = I and W = W' make W the symmetric root, whichever way it was found.
    double[][] covariance = covariance(walks(SAMPLES));
    for (int i = 0; i < WIDTH; i++) {
      covariance[i][i] += 0.3;
    }
    float[] flat = Preprocessing.fit(List.of("zca(0.3)"), data()).tensors().get("whitening");
    double[][] whitening = new double[WIDTH][WIDTH];
    for (int i = 0; i < flat.length; i++) {
      whitening[i / WIDTH][i % WIDTH] = flat[i];
    }
    for (int i = 0; i < WIDTH; i++) {
      assertThat(whitening[i][i]).isPositive();
      for (int j = 0; j < i; j++) {
        assertThat(whitening[i][j]).isEqualTo(whitening[j][i]);
      }
    }
    assertIdentity(product(product(whitening, covariance), whitening), 1e-5);
  }

  @Test
  void itMultipliesTheCentredSample() {
    Preprocessing fitted = Preprocessing.fit(List.of("zca"), data());
    float[] mean = fitted.tensors().get("mean");
    float[] whitening = fitted.tensors().get("whitening");
    float[] before = walks(3);
    float[] after = before.clone();
    fitted.apply(after, 3, SAMPLE);
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < WIDTH; i++) {
        double expected = 0;
        for (int j = 0; j < WIDTH; j++) {
          expected += (double) whitening[i * WIDTH + j] * (before[row * WIDTH + j] - mean[j]);
        }
        assertThat((double) after[row * WIDTH + i]).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Test
  void bitsDependNeitherOnThreadsNorOnBatches() throws Exception {
    float[][] results = new float[3][];
    Zca[] fitted = new Zca[3];
    for (int threads = 1; threads <= 3; threads++) {
      int place = threads - 1;
      try (ForkJoinPool pool = new ForkJoinPool(threads)) {
        pool.submit(
                () -> {
                  fitted[place] = (Zca) Preprocessing.fit(List.of("zca"), data());
                  results[place] = walks(SAMPLES);
                  fitted[place].apply(results[place], SAMPLES, SAMPLE);
                })
            .get();
      }
    }
    assertThat(fitted[1]).isEqualTo(fitted[0]);
    assertThat(fitted[2]).isEqualTo(fitted[0]);
    assertThat(results[1]).isEqualTo(results[0]);
    assertThat(results[2]).isEqualTo(results[0]);
    float[] alone = Arrays.copyOfRange(walks(SAMPLES), 7 * WIDTH, 8 * WIDTH);
    fitted[0].apply(alone, 1, SAMPLE);
    assertThat(alone).isEqualTo(Arrays.copyOfRange(results[0], 7 * WIDTH, 8 * WIDTH));
  }

  @Test
  void itIsTheSameAfterBeingSaved() {
    Preprocessing fitted = Preprocessing.fit(List.of("standardise", "zca(0.2)"), data());
    assertThat(Preprocessing.of(fitted.describe(), fitted.tensors())).isEqualTo(fitted);
    assertThatThrownBy(() -> Preprocessing.of(fitted.describe()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the tensor 'mean'");
  }

  @Test
  void itIsFittedToSomeSamplesSpreadOverTheData() {
    float[] some = new float[300 * WIDTH];
    float[] all = walks(SAMPLES);
    for (int i = 0; i < 300; i++) {
      System.arraycopy(all, 2 * i * WIDTH, some, i * WIDTH, WIDTH);
    }
    Preprocessing ofSome =
        Preprocessing.fit(List.of("zca(0.1, 300)"), MemoryDataset.of("some", SAMPLE, some));
    assertThat(Preprocessing.fit(List.of("zca(0.1, 300)"), data())).isEqualTo(ofSome);
  }

  @Test
  void directionsThatDoNotVaryNeedAnEpsilon() {
    float[] values = walks(SAMPLES);
    for (int i = 4; i < values.length; i += WIDTH) {
      values[i] = 3; // a constant feature
    }
    MemoryDataset constant = MemoryDataset.of("constant.arrow", SAMPLE, values);
    assertThatThrownBy(() -> Preprocessing.fit(List.of("zca(0)"), constant))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("1 directions of constant.arrow do not vary")
        .hasMessageContaining("raise zca's epsilon");
    float[] whitened = values.clone();
    Preprocessing.fit(List.of("zca(0.1)"), constant).apply(whitened, SAMPLES, SAMPLE);
    for (int i = 0; i < whitened.length; i++) {
      assertThat(whitened[i]).isFinite();
      if (i % WIDTH == 4) {
        assertThat(whitened[i]).isCloseTo(0, within(1e-5f));
      }
    }
  }

  @Test
  void aNumberThatIsNoneIsNamedByItsRow() {
    float[] values = walks(SAMPLES);
    values[11 * WIDTH + 2] = Float.NaN;
    MemoryDataset broken = MemoryDataset.of("broken.arrow", SAMPLE, values);
    assertThatThrownBy(() -> Preprocessing.fit(List.of("zca"), broken))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("broken.arrow holds a value that is not a finite number in row 11");
  }

  @Test
  void oneSampleHasNoCovariance() {
    assertThatThrownBy(() -> Preprocessing.fit(List.of("zca"), data().range(0, 1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("zca needs at least 2 samples");
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (String step : List.of("zca(-0.1)", "zca(0.1, 1)", "zca(0.1, 2.5)", "zca(x)")) {
      assertThatThrownBy(() -> Preprocessing.requireKnown(List.of(step)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'%s' is wrong".formatted(step));
    }
  }
}
