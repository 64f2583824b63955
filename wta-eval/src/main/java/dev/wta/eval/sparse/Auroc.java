package dev.wta.eval.sparse;

import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The area under the receiver operating characteristic of single latents: how probable it is that a
 * sample of a class activates a latent more than a sample of another class does, equal activations
 * counting half.
 */
final class Auroc {
  private final int latents;
  private final int[] labels;

  /** How many samples there are of each class. */
  private final long[] members;

  /** Where each latent's active samples begin in {@link #samples}, {@code (latents + 1)}. */
  private final int[] starts;

  private final int[] samples;
  private final float[] values;

  private Auroc(int latents, int[] labels, int classes, int active) {
    this.latents = latents;
    this.labels = labels;
    members = new long[classes];
    starts = new int[latents + 1];
    samples = new int[active];
    values = new float[active];
  }

  /**
   * The area for each class and latent, {@code (classes, latents)}; NaN for a class without samples
   * or with all of them.
   *
   * @param rows the samples that count
   * @param labels the class of each of {@code rows}, from 0 and below {@code classes}
   */
  static float[][] ofLatents(SparseCodes codes, int[] rows, int[] labels, int classes) {
    int active = Arrays.stream(rows).map(row -> codes.row(row).size()).sum();
    Auroc areas = new Auroc(codes.features(), labels, classes, active);
    areas.turn(codes, rows);
    float[][] result = new float[classes][codes.features()];
    for (int latent = 0; latent < areas.latents; latent++) {
      areas.measure(latent, result);
    }
    return result;
  }

  /** Sorts the activations by latent. */
  private void turn(SparseCodes codes, int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      members[labels[i]]++;
      codes.row(rows[i]).forEach((latent, _) -> starts[latent + 1]++);
    }
    for (int latent = 0; latent < latents; latent++) {
      starts[latent + 1] += starts[latent];
    }
    int[] next = Arrays.copyOf(starts, latents);
    for (int i = 0; i < rows.length; i++) {
      int sample = i;
      SparseCode code = codes.row(rows[i]);
      code.forEach(
          (latent, value) -> {
            samples[next[latent]] = sample;
            values[next[latent]++] = value;
          });
    }
  }

  /** By Mann and Whitney's sum of ranks, samples of equal activation sharing their mean rank. */
  private void measure(int latent, float[][] result) {
    int[] order =
        IntStream.range(starts[latent], starts[latent + 1])
            .boxed()
            .sorted(Comparator.comparingDouble(at -> values[at]))
            .mapToInt(Integer::intValue)
            .toArray();
    int classes = members.length;
    double[] ranks = new double[classes];
    long[] inactive = members.clone();
    for (int at : order) {
      inactive[labels[samples[at]]]--;
    }
    long zeros = Arrays.stream(inactive).sum();
    long below = 0;
    boolean passed = false;
    int i = 0;
    while (i < order.length || !passed) {
      if (!passed && (i == order.length || values[order[i]] > 0)) {
        for (int k = 0; k < classes; k++) {
          ranks[k] += inactive[k] * (below + (zeros + 1) / 2.0);
        }
        below += zeros;
        passed = true;
        continue;
      }
      int end = i + 1;
      while (end < order.length && values[order[end]] == values[order[i]]) {
        end++;
      }
      double rank = below + (end - i + 1) / 2.0;
      for (int same = i; same < end; same++) {
        ranks[labels[samples[order[same]]]] += rank;
      }
      below += end - i;
      i = end;
    }
    for (int k = 0; k < classes; k++) {
      double n = members[k];
      double others = labels.length - n;
      result[k][latent] = (float) ((ranks[k] - n * (n + 1) / 2) / (n * others));
    }
  }
}
