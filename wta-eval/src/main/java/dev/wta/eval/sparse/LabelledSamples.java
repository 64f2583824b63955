package dev.wta.eval.sparse;

import dev.wta.api.IntSize;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.Dataset;
import java.util.Arrays;

/**
 * Labelled samples of a pass over a data set, evenly spread over it: their codes, which are kept
 * sparse, and the samples themselves.
 */
public final class LabelledSamples {
  /** With so many samples, accuracies differ by a per cent or less; more cost memory and time. */
  public static final int MOST = 10_000;

  private final int features;
  private final int inputs;
  private final int[] rows;
  private final int[] labels;
  private final int[] classes;
  private final SparseCodes.Builder codes;
  private final float[] samples;
  private int collected;

  /**
   * None yet.
   *
   * @param features the numbers of a code
   * @param inputs those of a sample
   */
  public LabelledSamples(Dataset data, int features, int inputs) {
    int count = Math.min(MOST, data.size());
    this.features = features;
    this.inputs = inputs;
    rows = new int[count];
    Arrays.setAll(rows, i -> (int) ((long) i * data.size() / count));
    int[] all = data.labels();
    classes = Arrays.stream(rows).map(row -> all[row]).distinct().sorted().toArray();
    labels = Arrays.stream(rows).map(row -> Arrays.binarySearch(classes, all[row])).toArray();
    codes = new SparseCodes.Builder(features);
    samples = new float[IntSize.of((long) count * inputs, "numbers of the labelled samples")];
  }

  /**
   * Adds those of a batch that are wanted.
   *
   * @param first the row of the batch's first sample in the data set; batches come in order
   * @param batchCodes {@code (count, features)}
   * @param batch {@code (count, inputs)}
   */
  public void add(int first, float[] batchCodes, float[] batch, int count) {
    while (collected < rows.length && rows[collected] < first + count) {
      int at = rows[collected] - first;
      codes.addDense(Arrays.copyOfRange(batchCodes, at * features, (at + 1) * features), 1);
      System.arraycopy(batch, at * inputs, samples, collected * inputs, inputs);
      collected++;
    }
  }

  SparseCodes codes() {
    return codes.build();
  }

  /** {@code (samples, inputs)}. */
  float[] samples() {
    return samples;
  }

  int inputs() {
    return inputs;
  }

  /** The labels that occur, by rising number. */
  int[] classes() {
    return classes;
  }

  /** The place in {@link #classes} of each sample's label. */
  int[] labels() {
    return labels;
  }
}
