package dev.wta.api.contract.support;

import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;

/** Random test data, the same in every run: each call continues where the last one stopped. */
public final class RandomValues {
  private static final float[] SPECIAL = {
    0, -0.0f, 1, -2.5f, 90, -90, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private final Philox stream;
  private long next;

  public RandomValues(long seed) {
    this.stream = new Philox(seed, 0);
  }

  /** Standard normal numbers, one for each element of {@code shape}. */
  public float[] normal(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = stream.normal(next++);
    }
    return values;
  }

  public float[] uniform(Shape shape, float low, float high) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (high - low) * stream.uniform(next++);
    }
    return values;
  }

  /**
   * Whole numbers between {@code low} and {@code high}, both included: their sums have no rounding.
   */
  public float[] whole(Shape shape, int low, int high) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + below(high - low + 1);
    }
    return values;
  }

  /**
   * Normal numbers, every third of them special: zeros, infinities, NaN and what makes exponentials
   * large. Each special stands {@code repeat} times in a row, so that drawn with 1 and 9 every
   * special meets every other.
   */
  public float[] special(Shape shape, int repeat) {
    float[] values = normal(shape);
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 3 == 0 ? SPECIAL[i / 3 / repeat % SPECIAL.length] : 3 * values[i];
    }
    return values;
  }

  public int below(int bound) {
    return stream.below(bound, next++);
  }

  /** Puts {@code value} in about {@code rate} of the places. */
  public float[] sprinkle(float[] values, float value, double rate) {
    for (int i = 0; i < values.length; i++) {
      if (stream.uniform(next++) < rate) {
        values[i] = value;
      }
    }
    return values;
  }
}
