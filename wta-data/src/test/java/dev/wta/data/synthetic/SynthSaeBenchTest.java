package dev.wta.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SynthSaeBenchTest {
  private static SynthSaeBench made(int features, int inputs) {
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      return new SynthSaeBench(features, inputs, Seed.of(1), backend, () -> {});
    }
  }

  /** Against numpy: {@code p = 1 / arange(1, n + 1)**0.5}, stretched to 5e-4 and 0.4. */
  @Test
  void frequenciesFollowZipf() {
    double[] p = SynthSaeBench.probabilities(SynthSaeBench.FEATURES);
    assertThat(p[0]).isCloseTo(0.4, within(1e-12));
    assertThat(p[1]).isCloseTo(0.28206781387996294, within(1e-12));
    assertThat(p[100]).isCloseTo(0.037419072250848825, within(1e-12));
    assertThat(p[p.length - 1]).isCloseTo(5e-4, within(1e-12));
    assertThat(Arrays.stream(p).sum()).isCloseTo(59.1442130773349, within(1e-8));
  }

  /** The benchmark's documentation has about 34, of which 25 are of the 4,096 most frequent. */
  @Test
  void asManyFeaturesAreActiveAsPublished() {
    SynthSaeBench recipe = made(SynthSaeBench.FEATURES, 4);
    SyntheticFeatures.Sampler sampler = recipe.sampler();
    int samples = 2000;
    double active = 0;
    double frequent = 0;
    for (int n = 0; n < samples; n++) {
      Activations sample = sampler.of(n);
      active += sample.size();
      for (int i = 0; i < sample.size(); i++) {
        frequent += sample.feature(i) < 4096 ? 1 : 0;
      }
    }
    assertThat(active / samples).isCloseTo(34, within(1.5));
    assertThat(frequent / samples).isCloseTo(25, within(1.5));
  }

  @Test
  void aFeatureNeedsItsParentAndExcludesItsSiblings() {
    SynthSaeBench recipe = made(512, 4);
    FeatureTrees trees = FeatureTrees.of(512, 4, 4, 3);
    assertThat(trees.members()).isEqualTo(4 + 16 + 64 + 256);
    SyntheticFeatures.Sampler sampler = recipe.sampler();
    int withParent = 0;
    for (int n = 0; n < 2000; n++) {
      Activations sample = sampler.of(n);
      boolean[] taken = new boolean[512];
      for (int i = 0; i < sample.size(); i++) {
        assertThat(sample.value(i)).isPositive();
        int parent = trees.parent(sample.feature(i));
        if (parent != FeatureTrees.NONE) {
          assertThat(sample.contains(parent)).as("parent of %d", sample.feature(i)).isTrue();
          assertThat(taken[parent]).as("a sibling of %d", sample.feature(i)).isFalse();
          taken[parent] = true;
          withParent++;
        }
      }
    }
    assertThat(withParent).isGreaterThan(500);
  }

  /** Standing alone, a feature is active as often as its probability says. */
  @Test
  void marginalFrequenciesAreKept() {
    SynthSaeBench recipe = made(512, 4);
    double[] p = SynthSaeBench.probabilities(512);
    SyntheticFeatures.Sampler sampler = recipe.sampler();
    int samples = 20_000;
    int[] counts = new int[512];
    double squares = 0;
    double sum = 0;
    for (int n = 0; n < samples; n++) {
      Activations sample = sampler.of(n);
      int alone = 0;
      for (int i = 0; i < sample.size(); i++) {
        counts[sample.feature(i)]++;
        alone += sample.feature(i) >= 340 ? 1 : 0;
      }
      sum += alone;
      squares += (double) alone * alone;
    }
    double expected = 0;
    double independent = 0;
    for (int i = 340; i < 512; i++) {
      expected += p[i];
      independent += p[i] * (1 - p[i]);
      double deviation = Math.sqrt(p[i] * (1 - p[i]) / samples);
      assertThat(counts[i] / (double) samples).isCloseTo(p[i], within(5 * deviation));
    }
    assertThat(counts[0] / (double) samples).isCloseTo(0.4, within(0.02));
    assertThat(sum / samples).isCloseTo(expected, within(0.05 * expected));
    // Correlations of either sign make the number of active features vary more.
    assertThat(squares / samples - Math.pow(sum / samples, 2)).isGreaterThan(1.02 * independent);
  }

  /** Of three levels, by hand: {@code p / p_parent * (1 + siblings / p_parent)}, at most 1. */
  @Test
  void probabilitiesMakeUpForTheTrees() {
    FeatureTrees trees = FeatureTrees.of(8, 1, 2, 2);
    assertThat(trees.members()).isEqualTo(7);
    double[] drawn = trees.compensated(new double[] {.5, .2, .1, .05, .04, .01, .09, .3});
    assertThat(drawn[0]).isEqualTo(.5);
    assertThat(drawn[1]).isCloseTo(.2 / .5 * (1 + .1 / .5), within(1e-12));
    assertThat(drawn[2]).isCloseTo(.1 / .5 * (1 + .2 / .5), within(1e-12));
    assertThat(drawn[3]).isCloseTo(.05 / .2 * (1 + .04 / .2), within(1e-12));
    assertThat(drawn[6]).isCloseTo(.09 / .1 * (1 + .01 / .1), within(1e-12));
    assertThat(drawn[7]).isEqualTo(.3);
  }

  @Test
  void theBiasHasItsLength() {
    double square = 0;
    for (float value : made(64, 16).bias()) {
      square += value * value;
    }
    assertThat(Math.sqrt(square)).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void oneFeatureIsTooFew() {
    assertThatThrownBy(() -> made(1, 4)).isInstanceOf(WtaException.class);
  }
}
