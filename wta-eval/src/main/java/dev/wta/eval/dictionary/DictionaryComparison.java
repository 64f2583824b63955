package dev.wta.eval.dictionary;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import java.util.Optional;

/**
 * A comparison of the dictionaries of two runs.
 *
 * @param latents the rows of this dictionary
 * @param otherLatents those of the other
 * @param mmcs the mean max cosine similarity (Sharkey et al. 2022): the mean over this dictionary's
 *     rows of the largest cosine with a row of the other
 * @param mmcsOfOther the same from the other's side
 * @param matching by cosine; empty above {@link Matching#MOST_ROWS}
 */
public record DictionaryComparison(
    int latents, int otherLatents, double mmcs, double mmcsOfOther, Optional<Matching> matching) {

  /**
   * Compares two dictionaries.
   *
   * @throws WtaException if their rows are not of one length
   */
  public static DictionaryComparison of(Backend backend, Dictionary rows, Dictionary other) {
    requireWidth(rows, other, "the other run");
    return new DictionaryComparison(
        rows.size(),
        other.size(),
        Cosines.closest(backend, rows, other).mean(),
        Cosines.closest(backend, other, rows).mean(),
        Matching.of(backend, rows, other, false));
  }

  static void requireWidth(Dictionary rows, Dictionary other, String name) {
    if (rows.width() != other.width()) {
      throw new WtaException(
          "the dictionary of %s has rows of %,d numbers, and the run's decoder has rows of %,d"
              .formatted(name, other.width(), rows.width()),
          "compare what was made for samples of one shape");
    }
  }
}
