package dev.wta.data.synthetic;

import dev.wta.api.WtaException;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import java.util.Map;

/**
 * The simple recipe: each sample has the same number of active features, chosen uniformly, with
 * activations uniform on [0.5, 1.5), and no bias. Directions are uniform on the sphere.
 */
public final class UniformMixture extends SyntheticFeatures {
  /** The recipe's name. */
  public static final String NAME = "uniform";

  private final int active;

  /**
   * @param active features of each sample
   * @throws WtaException if there are not as many features
   */
  public UniformMixture(int features, int inputs, int active, Seed seed) {
    if (active > features) {
      throw new WtaException(
          "%,d of %,d features cannot be active".formatted(active, features),
          "give at most as many active features as there are");
    }
    float[] directions = Directions.random(features, inputs, seed);
    super(NAME, features, inputs, seed, directions, new float[inputs]);
    this.active = active;
  }

  @Override
  public Map<String, String> provenance() {
    Map<String, String> map = super.provenance();
    map.put("wta.active", Integer.toString(active));
    return map;
  }

  @Override
  public Sampler sampler() {
    Activations activations = new Activations();
    return number -> {
      Philox choices = seed.stream("synthetic/features", number);
      Philox values = seed.stream("synthetic/values", number);
      activations.clear();
      for (long next = 0; activations.size() < active; next++) {
        int feature = choices.below(features, next);
        if (!activations.contains(feature)) {
          activations.add(feature, 0.5f + values.uniform(feature));
        }
      }
      return activations;
    };
  }
}
