package dev.wta.data.preprocessing;

import dev.wta.api.tensor.Shape;
import java.util.Map;

/**
 * Brings each sample to mean 0 and, without offsets, deviation 1:
 *
 * <pre>{@code (x - mean) / (sqrt(var + variance) + deviation)}</pre>
 *
 * over all values of the sample, {@code var} being the mean squared distance from {@code mean}. The
 * offsets keep faint samples from being blown up. A sample whose values are all the same becomes
 * zeros.
 *
 * @param variance what is added to the variance, at least 0
 * @param deviation what is added to the root, at least 0
 */
public record Standardise(double variance, double deviation) implements Preprocessing {
  static final String KIND = "standardise";
  static final StepArgument VARIANCE = StepArgument.from0("variance", 0);
  static final StepArgument DEVIATION = StepArgument.from0("deviation", 0);

  public Standardise {
    VARIANCE.requireAllowed(variance);
    DEVIATION.requireAllowed(deviation);
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    int width = Math.toIntExact(sample.size());
    for (int start = 0; start < count * width; start += width) {
      standardise(samples, start, start + width);
    }
  }

  private void standardise(float[] values, int from, int to) {
    float low = values[from];
    float high = values[from];
    double sum = 0;
    for (int i = from; i < to; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
      sum += values[i];
    }
    double mean = sum / (to - from);
    double squares = 0;
    for (int i = from; i < to; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    double divisor = Math.sqrt(squares / (to - from) + variance) + deviation;
    // Not by the divisor: rounding the mean leaves a flat sample a deviation of its own.
    boolean flat = low == high;
    for (int i = from; i < to; i++) {
      values[i] = flat ? 0 : (float) ((values[i] - mean) / divisor);
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", KIND, VARIANCE.name(), variance, DEVIATION.name(), deviation);
  }
}
