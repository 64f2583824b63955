package dev.wta.data.synthetic;

import dev.wta.api.random.Seed;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Known features, and a distribution of sparse activations of them. A sample is the sum of the
 * directions of its active features, each times its activation, and of a bias.
 *
 * <p>Sample {@code n} depends on the seed and on {@code n} alone, so samples are the same in
 * whatever order, batches and threads they are made.
 */
public abstract sealed class SyntheticFeatures permits UniformMixture, SynthSaeBench {
  final int features;
  final int inputs;
  final Seed seed;
  private final String name;
  private final float[] directions;
  private final float[] bias;

  /**
   * @param name of the recipe
   * @param directions {@code (features, inputs)}
   * @param bias {@code (inputs)}
   */
  SyntheticFeatures(
      String name, int features, int inputs, Seed seed, float[] directions, float[] bias) {
    this.name = name;
    this.features = features;
    this.inputs = inputs;
    this.seed = seed;
    this.directions = directions;
    this.bias = bias;
  }

  /** What the command line calls the recipe. */
  public final String name() {
    return name;
  }

  /** The number of features. */
  public final int features() {
    return features;
  }

  /** The numbers of a sample. */
  public final int inputs() {
    return inputs;
  }

  /** The features' directions, rows of length 1, {@code (features, inputs)}; not to be changed. */
  public final float[] directions() {
    return directions;
  }

  /** What is added to every sample, {@code (inputs)}; not to be changed. */
  public final float[] bias() {
    return bias;
  }

  /** What makes the samples again, by name: the recipe, its settings and the seed. */
  public Map<String, String> provenance() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("wta.recipe", name);
    map.put("wta.trueFeatures", Integer.toString(features));
    map.put("wta.seed", Long.toString(seed.value()));
    return map;
  }

  /** What makes samples, to be used by one thread. */
  public abstract Sampler sampler();

  /** Makes the activations of samples. */
  @FunctionalInterface
  public interface Sampler {
    /** The active features of sample {@code number}, from 0. */
    Activations of(long number);
  }
}
