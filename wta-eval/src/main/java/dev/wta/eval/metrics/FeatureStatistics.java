package dev.wta.eval.metrics;

/**
 * Adds up, batch by batch, what each unit does: how often it is active and how strongly, and which
 * samples excite it most. A unit is a row of the decoder: a number of the code, or a feature map,
 * whose activation by a sample is its largest.
 */
public final class FeatureStatistics {
  /** The pictures kept for each unit. */
  public static final int MOST_EXCITING = 9;

  /** Activations are counted by the upper bits of their floats: 256 intervals an octave. */
  private static final int DROPPED_BITS = 15;

  private final int units;
  private final int positions;
  private final long[] activeSamples;
  private final double[] squares;
  private final float[] excitement;
  private final int[] exciting;
  private final int[] where;
  private final long[] histogram = new long[1 << (31 - DROPPED_BITS)];
  private long samples;

  /**
   * @param positions the numbers of each unit in a code: 1, or the size of its map
   */
  FeatureStatistics(int units, int positions) {
    this.units = units;
    this.positions = positions;
    activeSamples = new long[units];
    squares = new double[units];
    excitement = new float[units * MOST_EXCITING];
    exciting = new int[units * MOST_EXCITING];
    where = new int[units * MOST_EXCITING];
  }

  /**
   * Adds the first {@code count} samples of a batch.
   *
   * @param code {@code (count, units, positions)}
   * @param rows the samples' numbers in their data set
   */
  void add(float[] code, int[] rows, int count) {
    for (int i = 0; i < count; i++) {
      for (int unit = 0; unit < units; unit++) {
        int from = (i * units + unit) * positions;
        float largest = 0;
        int at = 0;
        double square = 0;
        for (int p = 0; p < positions; p++) {
          float value = code[from + p];
          if (value > 0) {
            square += (double) value * value;
            histogram[Float.floatToRawIntBits(value) >>> DROPPED_BITS]++;
            if (value > largest) {
              largest = value;
              at = p;
            }
          }
        }
        squares[unit] += square;
        if (largest > 0) {
          activeSamples[unit]++;
          offer(unit, largest, rows[i], at);
        }
      }
    }
    samples += count;
  }

  /** Keeps a sample if it is among those that excite the unit most; of equals, the first. */
  private void offer(int unit, float value, int row, int position) {
    int first = unit * MOST_EXCITING;
    int place = first + MOST_EXCITING;
    if (value <= excitement[place - 1]) {
      return;
    }
    place--;
    while (place > first && excitement[place - 1] < value) {
      excitement[place] = excitement[place - 1];
      exciting[place] = exciting[place - 1];
      where[place] = where[place - 1];
      place--;
    }
    excitement[place] = value;
    exciting[place] = row;
    where[place] = position;
  }

  public int units() {
    return units;
  }

  public long samples() {
    return samples;
  }

  /** The part of the samples that a unit is active on. */
  public double usage(int unit) {
    return activeSamples[unit] / (double) samples;
  }

  /** The mean of a unit's squared activations, summed over its positions. */
  public double power(int unit) {
    return squares[unit] / samples;
  }

  /** The units that no sample activates. */
  public int dead() {
    int dead = 0;
    for (long active : activeSamples) {
      dead += active == 0 ? 1 : 0;
    }
    return dead;
  }

  /** How many samples {@link #row} and the others know of: those that excite the unit at all. */
  public int excitingSamples(int unit) {
    return (int) Math.min(MOST_EXCITING, activeSamples[unit]);
  }

  /** The {@code rank}-th of the samples that excite a unit most. */
  public int row(int unit, int rank) {
    return exciting[unit * MOST_EXCITING + rank];
  }

  /** How much that sample excites the unit. */
  public float excitement(int unit, int rank) {
    return excitement[unit * MOST_EXCITING + rank];
  }

  /** Where in the unit's map that is. */
  public int position(int unit, int rank) {
    return where[unit * MOST_EXCITING + rank];
  }

  /**
   * How many activations above 0 there are in each of so many equal intervals from 0 up to {@code
   * top}; the last one holds those above, too.
   */
  public long[] histogram(int intervals, double top) {
    long[] counts = new long[intervals];
    for (int bin = 0; bin < histogram.length; bin++) {
      if (histogram[bin] > 0) {
        double value = Float.intBitsToFloat(bin << DROPPED_BITS);
        counts[(int) Math.min(intervals - 1, intervals * value / top)] += histogram[bin];
      }
    }
    return counts;
  }

  /** The largest activation; 0 without any. */
  public float strongest() {
    float strongest = 0;
    for (float value : excitement) {
      strongest = Math.max(strongest, value);
    }
    return strongest;
  }
}
