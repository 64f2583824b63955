package dev.wta.api.contract.support;

import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Random test data, the same in every run: each call continues where the last one stopped. */
public final class RandomValues {
  private static final float[] SPECIAL = {
    0, -0.0f, 1, -2.5f, 90, -90, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private static final int CACHE_ENTRIES = 16;

  /** Longer arrays are not cached, so that the cache takes a few megabytes. */
  private static final int LONGEST_CACHED = 300_000;

  /** The latest normal samples: checks sample the same ones for each variant of a call. */
  private static final Map<Sample, float[]> CACHE =
      Collections.synchronizedMap(
          new LinkedHashMap<>(CACHE_ENTRIES, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Sample, float[]> oldest) {
              return size() > CACHE_ENTRIES;
            }
          });

  private final long seed;
  private final Philox stream;
  private long next;

  /** Normal numbers of a seed's stream, from a position on. */
  private record Sample(long seed, long position, int count) {}

  public RandomValues(long seed) {
    this.seed = seed;
    this.stream = new Philox(seed, 0);
  }

  /** Standard normal numbers, one for each element of {@code shape}. */
  public float[] normal(Shape shape) {
    Sample sample = new Sample(seed, next, Math.toIntExact(shape.size()));
    float[] values = CACHE.get(sample);
    if (values == null) {
      values = new float[sample.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = stream.normal(next + i);
      }
      if (values.length <= LONGEST_CACHED) {
        CACHE.put(sample, values);
      }
    }
    next += values.length;
    return values.clone();
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
