package dev.wta.eval.probe;

import dev.wta.data.LabelGaps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The confusion matrix of a classifier.
 *
 * @param counts {@code counts[truth][prediction]}
 */
public record ConfusionMatrix(List<List<Integer>> counts) {
  public ConfusionMatrix {
    counts = counts.stream().map(List::copyOf).toList();
  }

  /**
   * Counts; the classes reach to the largest label or prediction.
   *
   * @throws dev.wta.api.WtaException if they reach much further than there are classes
   */
  public static ConfusionMatrix of(int[] labels, int[] predicted) {
    if (labels.length != predicted.length) {
      throw new IllegalArgumentException(
          "%d labels for %d predictions".formatted(labels.length, predicted.length));
    }
    LabelGaps.refuse(labels, predicted);
    int classes = 0;
    for (int i = 0; i < labels.length; i++) {
      classes = Math.max(classes, 1 + Math.max(labels[i], predicted[i]));
    }
    int[][] counts = new int[classes][classes];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]][predicted[i]]++;
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int[] row : counts) {
      rows.add(Arrays.stream(row).boxed().toList());
    }
    return new ConfusionMatrix(rows);
  }

  /** The samples counted. */
  public long samples() {
    return counts.stream().flatMap(List::stream).mapToLong(Integer::longValue).sum();
  }

  /** The error rate: the fraction of all samples that were misclassified. */
  public double error() {
    long right = 0;
    for (int k = 0; k < counts.size(); k++) {
      right += counts.get(k).get(k);
    }
    return (samples() - right) / (double) samples();
  }

  /** The error rate of each class; null for a class without samples. */
  public List<Double> errorPerClass() {
    List<Double> errors = new ArrayList<>();
    for (int k = 0; k < counts.size(); k++) {
      int total = counts.get(k).stream().mapToInt(Integer::intValue).sum();
      errors.add(total == 0 ? null : (total - counts.get(k).get(k)) / (double) total);
    }
    return Collections.unmodifiableList(errors);
  }
}
