package dev.wta.eval.probe;

/** The predicted classes of scores {@code (samples, classes)}. */
public final class Predictions {
  private Predictions() {}

  /** The class with the highest score, the lower one of equals. */
  static int of(double[] scores, int sample, int classes) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      if (scores[sample * classes + k] > scores[sample * classes + best]) {
        best = k;
      }
    }
    return best;
  }

  /** The error rate on the counted samples. */
  public static double error(double[] scores, int[] labels, boolean[] counted, int classes) {
    int wrong = 0;
    int total = 0;
    for (int i = 0; i < labels.length; i++) {
      if (counted[i]) {
        total++;
        wrong += of(scores, i, classes) == labels[i] ? 0 : 1;
      }
    }
    return wrong / (double) total;
  }
}
