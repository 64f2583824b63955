package dev.wta.data.synthetic;

import java.util.Arrays;

/** The active features of a sample, by ascending number, and their activations: all above 0. */
public final class Activations {
  private int[] features = new int[64];
  private float[] values = new float[64];
  private int size;

  /** How many features are active. */
  public int size() {
    return size;
  }

  /** The number of an active feature; {@code i} from 0, below {@link #size}. */
  public int feature(int i) {
    return features[i];
  }

  /** Its activation. */
  public float value(int i) {
    return values[i];
  }

  /** Becomes a copy of another sample's. */
  void set(Activations other) {
    if (features.length < other.size) {
      features = new int[other.features.length];
      values = new float[other.values.length];
    }
    System.arraycopy(other.features, 0, features, 0, other.size);
    System.arraycopy(other.values, 0, values, 0, other.size);
    size = other.size;
  }

  void clear() {
    size = 0;
  }

  /** Adds a feature that is not there yet, in its place. */
  void add(int feature, float value) {
    if (size == features.length) {
      features = Arrays.copyOf(features, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0 && features[at - 1] > feature) {
      features[at] = features[at - 1];
      values[at] = values[at - 1];
      at--;
    }
    features[at] = feature;
    values[at] = value;
  }

  boolean contains(int feature) {
    return Arrays.binarySearch(features, 0, size, feature) >= 0;
  }
}
