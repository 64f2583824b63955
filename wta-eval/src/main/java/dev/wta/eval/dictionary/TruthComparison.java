package dev.wta.eval.dictionary;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A comparison of a learnt dictionary with the true features of synthetic data.
 *
 * @param features the true features
 * @param mmcs the mean over the true features of the largest cosine with a row of the decoder
 * @param recovered the part of the true features with a row whose cosine exceeds {@link #RECOVERED}
 * @param matching by absolute cosine, as the mean correlation coefficient (MCC) has it, which is
 *     the mean over its pairs; empty above {@link Matching#MOST_ROWS}
 * @param uniqueness of the decoder's rows' closest true features, by absolute cosine, the part that
 *     are different ones: 1 where each row has one of its own
 * @param closest for each row of the decoder the true feature of the largest absolute cosine
 */
public record TruthComparison(
    int features,
    double mmcs,
    double recovered,
    Optional<Matching> matching,
    double uniqueness,
    List<Integer> closest) {
  /** The cosine above which a true feature counts as recovered. */
  public static final double RECOVERED = 0.9;

  public TruthComparison {
    closest = List.copyOf(closest);
  }

  /**
   * Compares a dictionary with the truth.
   *
   * @param rows the decoder's
   * @param truth a row a true feature
   * @throws WtaException if their rows are not of one length
   */
  public static TruthComparison of(Backend backend, Dictionary rows, Dictionary truth) {
    DictionaryComparison.requireWidth(rows, truth, "the truth");
    Cosines.Closest ofFeatures = Cosines.closest(backend, truth, rows);
    int recovered = 0;
    for (float cosine : ofFeatures.cosine()) {
      recovered += cosine > RECOVERED ? 1 : 0;
    }
    int[] closest = Cosines.closestLine(backend, rows, truth).at();
    return new TruthComparison(
        truth.size(),
        ofFeatures.mean(),
        recovered / (double) truth.size(),
        Matching.of(backend, rows, truth, true),
        Arrays.stream(closest).distinct().count() / (double) rows.size(),
        Arrays.stream(closest).boxed().toList());
  }
}
