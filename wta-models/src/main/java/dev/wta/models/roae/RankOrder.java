package dev.wta.models.roae;

import dev.wta.api.IntSize;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The arithmetic of {@link Roae} on the host: what each unit learns from the error that is left at
 * its rank. Ranks differ from sample to sample, so this is no product of matrices; each sample is
 * walked rank by rank, and only its running sum is held.
 *
 * <p>A batch is cut into at most {@value #MOST_TILES} tiles, each with a sum of updates of its own,
 * whatever the number of threads: so the sums do not depend on it, and memory does not grow with
 * the batch.
 */
final class RankOrder {
  private static final int MOST_TILES = 8;
  private static final int SAMPLES_OF_TILE = 4;

  private final int inputs;
  private final int units;
  private final float bound;
  private final Tile[] tiles = new Tile[MOST_TILES];

  /**
   * @param bound the largest L2 norm of a unit's weight change per sample
   */
  RankOrder(int inputs, int units, float bound) {
    this.inputs = inputs;
    this.units = units;
    this.bound = bound;
  }

  /**
   * Walks a batch.
   *
   * <p>The arrays may be longer than that.
   *
   * @param x {@code (samples, inputs)}
   * @param raw {@code (samples, units)}
   * @param weights {@code (units, inputs)}
   * @param update {@code (units, inputs)}, overwritten: the sum of the samples' updates; empty to
   *     measure only
   * @return for each number of units, from one to all, the L2 norm of the error that those of the
   *     highest rank leave, summed over the samples
   */
  double[] walk(float[] x, float[] raw, float[] weights, int samples, float[] update) {
    int count = Math.clamp(samples / SAMPLES_OF_TILE, 1, MOST_TILES);
    boolean learn = update.length > 0;
    for (int t = 0; t < count; t++) {
      if (tiles[t] == null) {
        tiles[t] = new Tile();
      }
      tiles[t].begin(learn);
    }
    IntStream.range(0, count)
        .parallel()
        .forEach(
            t -> {
              int end = (int) ((long) samples * (t + 1) / count);
              for (int n = (int) ((long) samples * t / count); n < end; n++) {
                tiles[t].walk(x, n, raw, weights, learn);
              }
            });
    double[] errors = new double[units];
    Arrays.fill(update, 0);
    for (int t = 0; t < count; t++) {
      for (int r = 0; r < units; r++) {
        errors[r] += tiles[t].errors[r];
      }
      for (int i = 0; i < update.length; i++) {
        update[i] += tiles[t].update[i];
      }
    }
    return errors;
  }

  /** A sample's units by their raw activation, the largest first; ties go to the lower index. */
  private static void rank(float[] raw, int from, long[] ranked) {
    for (int j = 0; j < ranked.length; j++) {
      int bits = Float.floatToIntBits(raw[from + j]);
      int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
      ranked[j] = (long) ~ascending << 32 | j;
    }
    Arrays.sort(ranked);
  }

  /** A part of a batch, which one thread walks. */
  private final class Tile {
    private final double[] errors = new double[units];
    private final long[] ranked = new long[units];
    private final float[] sample = new float[inputs];
    private final float[] sum = new float[inputs];
    private final float[] error = new float[inputs];
    private float[] update = {};

    void begin(boolean learn) {
      Arrays.fill(errors, 0);
      if (learn && update.length == 0) {
        update =
            new float[IntSize.of((long) units * inputs, "weights of %d units".formatted(units))];
      }
      Arrays.fill(update, 0);
    }

    void walk(float[] x, int n, float[] raw, float[] weights, boolean learn) {
      System.arraycopy(x, n * inputs, sample, 0, inputs);
      System.arraycopy(sample, 0, error, 0, inputs);
      Arrays.fill(sum, 0);
      rank(raw, n * units, ranked);
      float length = dot(sample, sample, 0);
      float left = length;
      float along = length;
      for (int r = 0; r < units; r++) {
        int unit = (int) ranked[r];
        float drive = raw[n * units + unit];
        float activation = Math.clamp(drive, 0f, 1f);
        if (activation > 0) { // the others of this sample change nothing: they rank last
          add(activation, weights, unit * inputs);
          left = dot(error, error, 0);
          along = dot(error, sample, 0);
        }
        errors[r] += Math.sqrt(left);
        if (learn) {
          float pull = towardsZero(dot(error, weights, unit * inputs) / inputs, drive);
          float squaredNorm =
              activation * activation * left + pull * pull * length + 2 * activation * pull * along;
          float shortened =
              squaredNorm > bound * bound ? bound / (float) Math.sqrt(squaredNorm) : 1;
          learn(unit * inputs, shortened * activation, shortened * pull);
        }
      }
    }

    /** Adds a unit to the reconstruction: {@code error = x - clip(sum, 0, 1)}. */
    private void add(float activation, float[] weights, int from) {
      for (int i = 0; i < inputs; i++) {
        float reconstructed = sum[i] + activation * weights[from + i];
        sum[i] = reconstructed;
        error[i] = sample[i] - Math.min(Math.max(reconstructed, 0f), 1f);
      }
    }

    /** The decoder learns the error, the encoder the sample. */
    private void learn(int from, float ofError, float ofSample) {
      if (ofError != 0 || ofSample != 0) {
        for (int i = 0; i < inputs; i++) {
          update[from + i] += ofError * error[i] + ofSample * sample[i];
        }
      }
    }

    /** {@code gradient} where it opposes {@code drive}, and not so far as to turn its sign. */
    private static float towardsZero(float gradient, float drive) {
      return gradient * drive < 0
          ? Math.copySign(Math.min(Math.abs(gradient), Math.abs(drive)), gradient)
          : 0;
    }

    /** Four partial sums: they are quicker, and rounder, than one. */
    private float dot(float[] a, float[] b, int from) {
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      int i = 0;
      for (; i + 3 < inputs; i += 4) {
        s0 += a[i] * b[from + i];
        s1 += a[i + 1] * b[from + i + 1];
        s2 += a[i + 2] * b[from + i + 2];
        s3 += a[i + 3] * b[from + i + 3];
      }
      for (; i < inputs; i++) {
        s0 += a[i] * b[from + i];
      }
      return s0 + s1 + (s2 + s3);
    }
  }
}
