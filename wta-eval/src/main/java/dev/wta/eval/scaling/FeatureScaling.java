package dev.wta.eval.scaling;

import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How features are brought to a common scale before a linear probe sees them: which of three steps
 * are taken, always in this order. What a step needs to know is measured on the training features
 * and applied to every feature after that.
 *
 * @param squareRoot whether each feature, which may not be negative, is replaced by its square root
 * @param deviation whether each feature is divided by its standard deviation (a constant one is
 *     left alone)
 * @param norm what is done about the lengths of the samples
 */
public record FeatureScaling(boolean squareRoot, boolean deviation, Norm norm) {
  /** Features as they come. */
  public static final FeatureScaling NONE = new FeatureScaling(false, false, Norm.NONE);

  /** One factor for all features, so that the samples' mean L2 norm is 1. */
  public static final FeatureScaling MEAN_NORM = new FeatureScaling(false, false, Norm.MEAN);

  /** What is done about the L2 norms of the samples. */
  public enum Norm {
    /** Nothing. */
    NONE,
    /** All samples are divided by the training samples' mean norm. */
    MEAN,
    /** Each sample is divided by its own norm (a sample of zeros stays). */
    SAMPLE
  }

  /** The words of {@link #parse}, for help texts. */
  public static final String SYNTAX =
      "none, or square-root, deviation, mean-norm, sample-norm joined by '+'";

  /**
   * Reads what {@link #toString} writes: {@code none}, {@code mean-norm}, {@code
   * square-root+sample-norm}.
   *
   * @throws WtaException for anything else
   */
  public static FeatureScaling parse(String text) {
    if (text.strip().equals("none")) {
      return NONE;
    }
    boolean squareRoot = false;
    boolean deviation = false;
    Norm norm = Norm.NONE;
    List<String> seen = new ArrayList<>();
    for (String word : Arrays.stream(text.split("\\+", -1)).map(String::strip).toList()) {
      String kind = word.endsWith("-norm") ? "norm" : word;
      if (seen.contains(kind)) {
        throw unreadable(text);
      }
      seen.add(kind);
      switch (word) {
        case "square-root" -> squareRoot = true;
        case "deviation" -> deviation = true;
        case "mean-norm" -> norm = Norm.MEAN;
        case "sample-norm" -> norm = Norm.SAMPLE;
        default -> throw unreadable(text);
      }
    }
    return new FeatureScaling(squareRoot, deviation, norm);
  }

  private static WtaException unreadable(String text) {
    return new WtaException("no such scaling of features: '" + text + "'", "give " + SYNTAX);
  }

  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (squareRoot) {
      words.add("square-root");
    }
    if (deviation) {
      words.add("deviation");
    }
    normWord().ifPresent(words::add);
    return words.isEmpty() ? "none" : String.join("+", words);
  }

  private Optional<String> normWord() {
    return switch (norm) {
      case NONE -> Optional.empty();
      case MEAN -> Optional.of("mean-norm");
      case SAMPLE -> Optional.of("sample-norm");
    };
  }
}
