package dev.wta.data.synthetic;

import java.util.Map;

/**
 * Known features, and a distribution of sparse activations of them. A sample is the sum of the
 * directions of its active features, each times its activation, and of a bias.
 *
 * <p>Sample {@code n} depends on the seed and on {@code n} alone, so samples are the same in
 * whatever order, batches and threads they are made.
 */
public sealed interface SyntheticFeatures permits UniformMixture, SynthSaeBench {
  /** What the command line calls the recipe. */
  String name();

  /** The number of features. */
  int features();

  /** The numbers of a sample. */
  int inputs();

  /** The features' directions, rows of length 1, {@code (features, inputs)}; not to be changed. */
  float[] directions();

  /** What is added to every sample, {@code (inputs)}; not to be changed. */
  float[] bias();

  /** What makes the samples again, by name: the recipe, its settings and the seed. */
  Map<String, String> provenance();

  /** What makes samples, to be used by one thread. */
  Sampler sampler();

  /** Makes the activations of samples. */
  @FunctionalInterface
  interface Sampler {
    /** The active features of sample {@code number}, from 0. */
    Activations of(long number);
  }
}
