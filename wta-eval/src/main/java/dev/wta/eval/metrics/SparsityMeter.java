package dev.wta.eval.metrics;

import dev.wta.api.ProgressListener;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ForwardPass;
import dev.wta.models.loss.ExplainedVariance;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Accumulates an encoder's {@link SparsityMetrics} batch by batch, in double precision: sparsity,
 * reconstruction errors, how often and how strongly each unit is active, and which samples activate
 * it most.
 *
 * <p>A unit is a row of the decoder: a number of the code, or a feature map, whose activation by a
 * sample is its largest. Where the decoder's rows are not the code's, each feature is a unit.
 */
public final class SparsityMeter {
  /** The samples kept for each unit. */
  public static final int MOST_EXCITING = 9;

  /** As many numbers of code are looked at: all of MNIST for 2,000 units. */
  private static final long NUMBERS = 1L << 27;

  /** Activations are counted by the upper bits of their floats: 256 intervals an octave. */
  private static final int DROPPED_BITS = 15;

  private final int units;
  private final int positions;

  private final long[] activations;
  private final long[] activeSamples;
  private final double[] squaredActivations;
  private final float[] excitement;
  private final int[] exciting;
  private final int[] where;
  private final long[] strengths = new long[1 << (31 - DROPPED_BITS)];

  private final int inputs;
  private final ExplainedVariance explained;
  private boolean reconstructed = true;
  private double decodedActivations;
  private double inputSquaredError;
  private long samples;

  /**
   * @param inputs the numbers of a sample
   * @param positions the numbers of each unit in a code: 1, or the size of its map
   */
  SparsityMeter(int inputs, int units, int positions) {
    this.inputs = inputs;
    this.units = units;
    this.positions = positions;
    activations = new long[units * positions];
    activeSamples = new long[units];
    squaredActivations = new double[units];
    excitement = new float[units * MOST_EXCITING];
    exciting = new int[units * MOST_EXCITING];
    where = new int[units * MOST_EXCITING];
    explained = new ExplainedVariance(inputs);
  }

  /** A meter that has seen no samples yet. */
  public static SparsityMeter of(FeatureExtractor encoder) {
    int inputs = Math.toIntExact(encoder.reconstructionShape().size());
    int units = encoder.units();
    return encoder.features() % units == 0
        ? new SparsityMeter(inputs, units, encoder.features() / units)
        : new SparsityMeter(inputs, encoder.features(), 1);
  }

  /**
   * Measures a data set.
   *
   * @throws dev.wta.api.WtaException if the samples' shape is not the encoder's
   */
  public static SparsityMeter of(
      FeatureExtractor encoder, Dataset data, ProgressListener listener) {
    return of(encoder, data, Optional.empty(), listener);
  }

  /**
   * Measures a data set.
   *
   * @param targets what a transcoder is to make of the samples; without them its reconstructions
   *     are not measured
   * @throws dev.wta.api.WtaException if the samples' shape is not the encoder's, or these are not
   *     their targets
   */
  public static SparsityMeter of(
      FeatureExtractor encoder,
      Dataset data,
      Optional<Dataset> targets,
      ProgressListener listener) {
    SparsityMeter meter = of(encoder);
    try (ForwardPass pass = ForwardPass.of(encoder, data)) {
      targets.ifPresent(pass::towards);
      while (pass.next()) {
        meter.add(pass);
        listener.progressed("looking at samples", pass.done(), data.size());
      }
    }
    return meter;
  }

  /**
   * How many of a data set's samples to look at: all, or fewer where their codes are so long that
   * it would take minutes.
   */
  public static int samples(FeatureExtractor encoder, Dataset data) {
    return Math.clamp(NUMBERS / encoder.features(), 1, data.size());
  }

  /** Adds the current batch of a pass. */
  public void add(ForwardPass pass) {
    Optional<float[]> wanted = pass.targets();
    Optional<float[]> made = wanted.flatMap(_ -> pass.reconstructions());
    add(wanted.orElse(pass.samples()), pass.codes(), made, pass.rows(), pass.count());
    if (made.isPresent()) {
      decodedActivations += pass.decodedActive();
      inputSquaredError += inputSquaredError(pass, made.get());
    }
  }

  /** Of a batch; NaN where its pre-processing cannot be undone, or not without much work. */
  private static double inputSquaredError(ForwardPass pass, float[] made) {
    Preprocessing preprocessing = pass.targetPreprocessing();
    if (preprocessing.costly() || preprocessing.irreversible().isPresent()) {
      return Double.NaN;
    }
    float[] x = pass.undone(pass.targets().orElseThrow());
    float[] y = pass.undone(made);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double error = (double) x[i] - y[i];
      sum += error * error;
    }
    return sum;
  }

  /**
   * Adds the first {@code count} samples of a batch.
   *
   * @param x {@code (count, inputs)}: what the encoder saw, or a transcoder's targets
   * @param code {@code (count, units, positions)}
   * @param reconstruction {@code (count, inputs)}, if there is one
   * @param rows the samples' rows in their data set
   */
  void add(float[] x, float[] code, Optional<float[]> reconstruction, int[] rows, int count) {
    for (int i = 0; i < count; i++) {
      for (int unit = 0; unit < units; unit++) {
        add(code, i, unit, rows[i]);
      }
    }
    reconstructed &= reconstruction.isPresent();
    reconstruction.ifPresent(made -> explained.add(x, made, count));
    samples += count;
  }

  private void add(float[] code, int sample, int unit, int row) {
    int first = unit * positions;
    int from = sample * units * positions + first;
    float largest = 0;
    int at = 0;
    double square = 0;
    for (int p = 0; p < positions; p++) {
      float value = code[from + p];
      activations[first + p] += value != 0 ? 1 : 0;
      if (value > 0) {
        square += (double) value * value;
        strengths[Float.floatToRawIntBits(value) >>> DROPPED_BITS]++;
        if (value > largest) {
          largest = value;
          at = p;
        }
      }
    }
    squaredActivations[unit] += square;
    if (largest > 0) {
      activeSamples[unit]++;
      offer(unit, largest, row, at);
    }
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

  /**
   * The sparsity of the code and what it keeps, of all samples so far.
   *
   * @throws IllegalStateException before the first sample
   */
  public SparsityMetrics metrics() {
    if (samples == 0) {
      throw new IllegalStateException("no samples have been added");
    }
    double l0 = Arrays.stream(activations).sum() / (double) samples;
    return new SparsityMetrics(
        samples,
        activations.length,
        l0,
        l0 / activations.length,
        count(activations, 0),
        lifetimes(),
        reconstructed ? explained.meanSquaredError() : Double.NaN,
        reconstructed ? explained.value() : Double.NaN,
        reconstructed ? decodedActivations / samples : Double.NaN,
        reconstructed ? explained.legacy() : Double.NaN,
        reconstructed ? inputSquaredError / samples / inputs : Double.NaN);
  }

  private List<Integer> lifetimes() {
    Integer[] histogram = new Integer[SparsityMetrics.LIFETIME_BINS];
    Arrays.fill(histogram, 0);
    for (long active : activations) {
      int bin = (int) (active * histogram.length / samples);
      histogram[Math.min(bin, histogram.length - 1)]++;
    }
    return List.of(histogram);
  }

  private static int count(long[] values, long wanted) {
    return Math.toIntExact(Arrays.stream(values).filter(value -> value == wanted).count());
  }

  /** The samples so far. */
  public long samples() {
    return samples;
  }

  public int units() {
    return units;
  }

  /** The numbers of each unit in a code: 1, or the size of its map. */
  public int positions() {
    return positions;
  }

  /** The part of the samples that a unit is active on. */
  public double usage(int unit) {
    return activeSamples[unit] / (double) samples;
  }

  /** The mean of a unit's squared activations, summed over its positions. */
  public double power(int unit) {
    return squaredActivations[unit] / samples;
  }

  /** The units that no sample activates. */
  public int dead() {
    return count(activeSamples, 0);
  }

  /** How many samples {@link #row} and the others know of: those that excite the unit at all. */
  public int excitingSamples(int unit) {
    return (int) Math.min(MOST_EXCITING, activeSamples[unit]);
  }

  /** The row of the {@code rank}-th of the samples that excite a unit most. */
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
    for (int bin = 0; bin < strengths.length; bin++) {
      if (strengths[bin] > 0) {
        double value = Float.intBitsToFloat(bin << DROPPED_BITS);
        counts[(int) Math.min(intervals - 1, intervals * value / top)] += strengths[bin];
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
