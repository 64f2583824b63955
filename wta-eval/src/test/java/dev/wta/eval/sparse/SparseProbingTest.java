package dev.wta.eval.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.ProgressListener;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.MemoryDataset;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparseProbingTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());

  /**
   * scikit-learn 1.9's {@code LogisticRegression(C=1, tol=1e-14)} of 30 samples {@code x = (7 i +
   * 13 j) % 11 / 5 - 1}, positive where {@code 5 i % 7 < 3 and i % 4 != 0}.
   */
  @Test
  void theRegressionIsScikitLearns() {
    double[][] x = new double[30][2];
    boolean[] positive = new boolean[30];
    for (int i = 0; i < 30; i++) {
      x[i][0] = i * 7 % 11 / 5.0 - 1;
      x[i][1] = (i * 7 + 13) % 11 / 5.0 - 1;
      positive[i] = i * 5 % 7 < 3 && i % 4 != 0;
    }
    double[] weights = LogisticRegression.fit(x, positive).weights();
    assertThat(weights[0]).isCloseTo(0.5547885, within(1e-5));
    assertThat(weights[1]).isCloseTo(-0.7724430, within(1e-5));
    assertThat(weights[2]).isCloseTo(-0.9284438, within(1e-5));
  }

  @Test
  void separableClassesHaveFiniteWeights() {
    double[][] x = {{0}, {0}, {1}, {1}};
    LogisticRegression probe = LogisticRegression.fit(x, new boolean[] {false, false, true, true});
    assertThat(probe.weights()[0]).isPositive().isFinite();
    assertThat(probe.predict(new double[] {1})).isTrue();
    assertThat(probe.predict(new double[] {0})).isFalse();
    assertThat(LogisticRegression.fit(new double[4][1], new boolean[] {true, true, true, false}))
        .matches(constant -> constant.predict(new double[1]), "the larger side");
  }

  /** scikit-learn's roc_auc_score of each class against the others. */
  @Test
  void areasAreScikitLearns() {
    int[] labels = {0, 1, 1, 0, 2, 2, 0, 1, 0, 2};
    float[] first = {0, 0, 1.5f, 0, 2, 0, 1.5f, 3, 0, 0.5f};
    float[] second = {0, -1, 1.5f, 0, 2, -1, 1.5f, 3, 0, 0.5f};
    float[] both = new float[20];
    for (int i = 0; i < 10; i++) {
      both[2 * i] = first[i];
      both[2 * i + 1] = second[i];
    }
    int[] rows = IntStream.range(0, 10).toArray();
    float[][] areas = Auroc.ofLatents(SparseCodes.ofDense(2, both), rows, labels, 3);
    double[][] expected = {
      {0.2708333333333, 0.3958333333333}, {0.6904761904762, 0.6190476190476}, {0.5714285714286, 0.5}
    };
    for (int k = 0; k < 3; k++) {
      for (int latent = 0; latent < 2; latent++) {
        assertThat((double) areas[k][latent]).isCloseTo(expected[k][latent], within(1e-6));
      }
    }
  }

  /**
   * Samples of labels 3, 5 and 1,000,000: latent 0 is active for label 3 alone, 1 and 2 each for
   * half of label 5, the others by chance.
   */
  private static LabelledSamples samples(int count) {
    int latents = 8;
    int[] names = {3, 5, 1_000_000};
    Random random = new Random(4);
    int[] labels = new int[count];
    float[] inputs = new float[count * 2];
    float[] codes = new float[count * latents];
    for (int i = 0; i < count; i++) {
      int k = i % 3;
      labels[i] = names[k];
      inputs[2 * i] = k == 2 ? 1 : 0;
      for (int latent = 3; latent < latents; latent++) {
        codes[i * latents + latent] = random.nextInt(3) == 0 ? random.nextFloat() : 0;
      }
      if (k == 0) {
        codes[i * latents] = 0.5f + 0.2f * random.nextFloat();
      } else if (k == 1) {
        codes[i * latents + 1 + i / 3 % 2] = 1;
      }
    }
    MemoryDataset data = MemoryDataset.of("samples", Shape.of(2), inputs, labels);
    LabelledSamples labelled = new LabelledSamples(data, latents, 2);
    for (int from = 0; from < count; from += 100) {
      int now = Math.min(100, count - from);
      labelled.add(
          from,
          Arrays.copyOfRange(codes, from * latents, (from + now) * latents),
          Arrays.copyOfRange(inputs, 2 * from, 2 * (from + now)),
          now);
    }
    return labelled;
  }

  @Test
  void fewLatentsTellWhatTheyStandFor() {
    SparseProbingResult result = SparseProbing.of(BACKEND, samples(900), ProgressListener.SILENT);
    assertThat(result.samples()).isEqualTo(900);
    assertThat(result.classes()).extracting(c -> c.label()).containsExactly(3, 5, 1_000_000);
    SparseProbingResult.OfClass first = result.classes().getFirst();
    assertThat(first.trainSamples()).isEqualTo(480);
    assertThat(first.testSamples()).isEqualTo(120);
    assertThat(first.topAccuracy().getFirst()).hasValue(1);
    assertThat(first.codeAccuracy()).hasValue(1);
    assertThat(first.bestLatent()).isZero();
    assertThat(first.bestLatentAuroc()).isEqualTo(1);
    SparseProbingResult.OfClass second = result.classes().get(1);
    assertThat(second.topAccuracy().getFirst().getAsDouble()).isBetween(0.65, 0.85);
    assertThat(second.topAccuracy().get(1)).as("two latents, half of the class each").hasValue(1);
    assertThat(second.bestLatentAuroc()).isBetween(0.65, 0.85);
    assertThat(result.classes().get(2).inputAccuracy()).hasValue(1);
    assertThat(result.mean(SparseProbingResult.OfClass::codeAccuracy).getAsDouble())
        .isGreaterThan(0.99);
  }

  @Test
  void classesOfFewSamplesAreLeftOut() {
    assertThat(SparseProbing.of(BACKEND, samples(24), ProgressListener.SILENT).classes()).isEmpty();
  }
}
