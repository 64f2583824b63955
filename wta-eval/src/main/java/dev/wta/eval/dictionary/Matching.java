package dev.wta.eval.dictionary;

import dev.wta.api.backend.Backend;
import java.util.Arrays;
import java.util.Optional;

/**
 * The one-to-one matching of two dictionaries' rows with the largest sum of cosines, each row of
 * the smaller one with a row of the larger.
 *
 * @param cosines of the matched pairs, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // a column, never compared
public record Matching(float[] cosines) {
  /** The most rows of the smaller dictionary: the work grows with their square. */
  public static final int MOST_ROWS = 8192;

  /** The most cosines, which lie in memory together: 1 GiB. */
  private static final long MOST_COSINES = 1L << 28;

  /** Whether two dictionaries are small enough to be matched. */
  public static boolean possible(Dictionary left, Dictionary right) {
    return Math.min(left.size(), right.size()) <= MOST_ROWS
        && (long) left.size() * right.size() <= MOST_COSINES;
  }

  /**
   * Matches by cosine, or by its absolute value.
   *
   * @return empty where it is not {@link #possible}
   */
  static Optional<Matching> of(
      Backend backend, Dictionary left, Dictionary right, boolean absolute) {
    if (!possible(left, right)) {
      return Optional.empty();
    }
    boolean turned = left.size() > right.size();
    float[][] weights =
        turned ? Cosines.all(backend, right, left) : Cosines.all(backend, left, right);
    if (absolute) {
      for (float[] row : weights) {
        for (int j = 0; j < row.length; j++) {
          row[j] = Math.abs(row[j]);
        }
      }
    }
    int[] columns = Assignment.ofLargestSum(weights);
    float[] matched = new float[columns.length];
    for (int row = 0; row < columns.length; row++) {
      matched[row] = weights[row][columns[row]];
    }
    Arrays.sort(matched);
    return Optional.of(new Matching(matched));
  }

  /** How many pairs there are. */
  public int pairs() {
    return cosines.length;
  }

  /** The mean cosine of the pairs. */
  public double mean() {
    double sum = 0;
    for (float cosine : cosines) {
      sum += cosine;
    }
    return sum / cosines.length;
  }

  /** The median of the pairs' cosines. */
  public double median() {
    int middle = cosines.length / 2;
    return cosines.length % 2 == 1
        ? cosines[middle]
        : ((double) cosines[middle - 1] + cosines[middle]) / 2;
  }

  /** The part of the pairs whose cosine exceeds {@code cosine}. */
  public double share(double cosine) {
    int above = 0;
    for (float each : cosines) {
      above += each > cosine ? 1 : 0;
    }
    return above / (double) cosines.length;
  }
}
