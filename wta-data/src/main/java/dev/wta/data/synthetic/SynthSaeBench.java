package dev.wta.data.synthetic;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;

/**
 * The recipe of SynthSAEBench-16k (Chanin and Garriga-Alonso 2026, arXiv:2602.14687), with its
 * published settings; docs/measures.md says what follows it and what differs.
 *
 * <p>Feature i, by falling frequency, has probability {@code p_i} after Zipf's law. A sample draws
 * a Gaussian {@code g = F z + sqrt(1 - |F_i|^2) e} with a factor matrix F of low rank, and feature
 * i fires where {@code g_i > Q^-1(p_i)}: a Gaussian copula, whose low rank correlates features.
 * What fired has the activation {@code max(0, m_i + s_i n)}. In {@link FeatureTrees}, a feature is
 * active only where its parent is, at {@code activation * parent's / m_parent}, and of several
 * children one is kept at random.
 */
public final class SynthSaeBench extends SyntheticFeatures {
  /** The recipe's name. */
  public static final String NAME = "synthsaebench";

  /** The published number of features. */
  public static final int FEATURES = 16_384;

  /** The published numbers of a sample. */
  public static final int INPUTS = 768;

  private static final double EXPONENT = 0.5;
  private static final double HIGHEST_PROBABILITY = 0.4;
  private static final double LOWEST_PROBABILITY = 5e-4;
  private static final int FEATURES_A_ROOT = FEATURES / 128;
  private static final int BRANCHING = 4;
  private static final int DEPTH = 3;
  private static final int RANK = 25;
  private static final double CORRELATION = 0.1;
  private static final double FIRST_MEAN = 5;
  private static final double LAST_MEAN = 4;
  private static final double DEVIATION_MEAN = 0.5;
  private static final double DEVIATION_SPREAD = 0.5;
  private static final double BIAS_LENGTH = 0.5;
  private static final int ORTHOGONALISATION_STEPS = 100;
  private static final float ORTHOGONALISATION_RATE = 3e-4f;

  /** Rows whose part of the variance is larger leave none to the feature itself. */
  private static final double MOST_COMMON_VARIANCE = 0.99;

  private final FeatureTrees trees;

  /** Where each feature's {@code g} has to be to fire. */
  private final double[] thresholds;

  /** F, {@code (rank, features)}. */
  private final float[] factors;

  /** {@code sqrt(1 - |F_i|^2)}. */
  private final double[] own;

  private final float[] means;
  private final float[] deviations;

  /**
   * Makes the features.
   *
   * @param features at least 2, with trees in proportion to the published 128 roots
   * @param backend computes the orthogonalisation; needed no longer once this returns. The last
   *     bits of the directions depend on its arithmetic
   * @param stepDone called after each of its {@value #ORTHOGONALISATION_STEPS} steps
   * @throws WtaException if there are too few features
   */
  public SynthSaeBench(int features, int inputs, Seed seed, Backend backend, Runnable stepDone) {
    if (features < 2) {
      throw new WtaException("one feature has no frequencies to differ in", "give at least 2");
    }
    float[] directions = Directions.random(features, inputs, seed);
    Directions.orthogonalise(
        backend, directions, features, ORTHOGONALISATION_STEPS, ORTHOGONALISATION_RATE, stepDone);
    super(NAME, features, inputs, seed, directions, bias(inputs, seed));
    trees = FeatureTrees.of(features, Math.max(1, features / FEATURES_A_ROOT), BRANCHING, DEPTH);
    thresholds = trees.compensated(probabilities(features));
    for (int i = 0; i < features; i++) {
      thresholds[i] = NormalTail.inverse(thresholds[i]);
    }
    factors = new float[RANK * features];
    own = new double[features];
    correlate();
    means = new float[features];
    deviations = new float[features];
    Philox spread = seed.stream("synthetic/deviations");
    for (int i = 0; i < features; i++) {
      means[i] = (float) (FIRST_MEAN + (LAST_MEAN - FIRST_MEAN) * i / (features - 1));
      deviations[i] = (float) Math.abs(DEVIATION_MEAN + DEVIATION_SPREAD * spread.normal(i));
    }
  }

  /** The steps that making the features takes. */
  public static int steps() {
    return ORTHOGONALISATION_STEPS;
  }

  private static float[] bias(int inputs, Seed seed) {
    Philox normal = seed.stream("synthetic/bias");
    float[] bias = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      bias[i] = normal.normal(i);
    }
    Directions.scale(bias, 0, inputs, BIAS_LENGTH);
    return bias;
  }

  /** {@code rank^-0.5}, stretched linearly to reach from the highest to the lowest probability. */
  static double[] probabilities(int features) {
    double last = Math.pow(features, -EXPONENT);
    double[] p = new double[features];
    for (int i = 0; i < features; i++) {
      double part = (Math.pow(i + 1, -EXPONENT) - last) / (1 - last);
      p[i] = LOWEST_PROBABILITY + (HIGHEST_PROBABILITY - LOWEST_PROBABILITY) * part;
    }
    return p;
  }

  private void correlate() {
    Philox normal = seed.stream("synthetic/correlations");
    double[] common = new double[features];
    double largest = 0;
    for (int i = 0; i < features; i++) {
      for (int r = 0; r < RANK; r++) {
        float factor = (float) (CORRELATION * normal.normal((long) i * RANK + r));
        factors[r * features + i] = factor;
        common[i] += (double) factor * factor;
      }
      largest = Math.max(largest, common[i]);
    }
    double scale = largest < 1 ? 1 : Math.sqrt(MOST_COMMON_VARIANCE / largest);
    for (int i = 0; i < factors.length && scale < 1; i++) {
      factors[i] = (float) (factors[i] * scale);
    }
    for (int i = 0; i < features; i++) {
      own[i] = Math.sqrt(1 - common[i] * scale * scale);
    }
  }

  @Override
  public Sampler sampler() {
    return new Draw();
  }

  /** One thread's samples. */
  private final class Draw implements Sampler {
    private static final int LANES = 4;

    private final Activations activations = new Activations();
    private final float[] z = new float[RANK];
    private final float[] common = new float[features];
    private final int[] bits = new int[LANES];
    private final int[] candidates = new int[BRANCHING];
    private final float[] candidateValues = new float[BRANCHING];
    private Philox firing;
    private Philox magnitudes;
    private Philox siblings;

    @Override
    public Activations of(long number) {
      activations.clear();
      firing = seed.stream("synthetic/firing", number);
      magnitudes = seed.stream("synthetic/magnitudes", number);
      siblings = seed.stream("synthetic/siblings", number);
      Philox factor = seed.stream("synthetic/factors", number);
      for (int r = 0; r < RANK; r++) {
        z[r] = factor.normal(r);
      }
      for (int root = 0; root < trees.roots(); root++) {
        if (fires(root)) {
          grow(root, magnitude(root));
        }
      }
      alone(trees.members());
      return activations;
    }

    /** Adds an active feature of a tree, and those of its children that are active. */
    private void grow(int feature, float value) {
      if (!(value > 0)) {
        return;
      }
      activations.add(feature, value);
      int first = trees.firstChild(feature);
      int end = trees.endOfChildren(feature);
      int count = 0;
      for (int child = first; child < end; child++) {
        if (fires(child)) {
          float scaled = magnitude(child) * (value / means[feature]);
          if (scaled > 0) {
            candidates[count] = child;
            candidateValues[count++] = scaled;
          }
        }
      }
      if (count > 0) {
        int kept = count == 1 ? 0 : siblings.below(count, feature);
        grow(candidates[kept], candidateValues[kept]);
      }
    }

    private float magnitude(int feature) {
      return Math.max(0, means[feature] + deviations[feature] * magnitudes.normal(feature));
    }

    private boolean fires(int feature) {
      float sum = 0;
      for (int r = 0; r < RANK; r++) {
        sum += factors[r * features + feature] * z[r];
      }
      return fires(feature, sum, firing.bits(feature));
    }

    private boolean fires(int feature, float shared, int random) {
      double u = (Integer.toUnsignedLong(random) + 0.5) * 0x1p-32;
      return NormalTail.below(u, (thresholds[feature] - shared) / own[feature]);
    }

    /** The features from {@code first} on, which are in no tree: the many, side by side. */
    private void alone(int first) {
      for (int i = first; i < features; i++) {
        common[i] = 0;
      }
      for (int r = 0; r < RANK; r++) {
        int row = r * features;
        float factor = z[r];
        for (int i = first; i < features; i++) {
          common[i] += factors[row + i] * factor;
        }
      }
      for (int i = first; i < features; i++) {
        if (i == first || i % LANES == 0) {
          firing.block(i / LANES, bits, 0);
        }
        if (fires(i, common[i], bits[i % LANES])) {
          float value = magnitude(i);
          if (value > 0) {
            activations.add(i, value);
          }
        }
      }
    }
  }
}
