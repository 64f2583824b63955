package dev.wta.data.codes;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import java.util.OptionalInt;

/** The tokens of samples that are activations at the positions of texts. */
public final class TokenSequences {
  private final int[] tokens;
  private final int context;

  /**
   * Tokens of sequences.
   *
   * @param tokens {@code (sequences, context)}, one for each sample; not copied
   * @param context the positions of a sequence
   * @throws WtaException if they are no whole sequences
   */
  public TokenSequences(int[] tokens, int context) {
    if (context < 1 || tokens.length == 0 || tokens.length % context != 0) {
      throw new WtaException(
          "%d tokens are no sequences of %d".formatted(tokens.length, context),
          "choose another --context");
    }
    this.tokens = tokens;
    this.context = context;
  }

  /**
   * The tokens of a data set.
   *
   * @param tokens one for each sample
   * @param context the positions of a sequence; without it, those of a row of the data set
   * @throws WtaException if there is no token for each sample, or sequences differ in length
   */
  public static TokenSequences of(Dataset data, int[] tokens, OptionalInt context) {
    if (tokens.length != data.size()) {
      throw new WtaException(
          "%s has %d samples, and %d tokens".formatted(data.name(), data.size(), tokens.length),
          "give a column with a token for each sample, and no --drop");
    }
    return new TokenSequences(tokens, context.orElseGet(() -> positions(data)));
  }

  /** The samples of each row, as many in all. */
  private static int positions(Dataset data) {
    int first = rowEnd(data, 0);
    if (first == 1) {
      throw new WtaException(
          "%s does not say where its sequences end".formatted(data.name()),
          "give their length with --context");
    }
    for (int end = first; end < data.size(); ) {
      int next = rowEnd(data, end);
      if (next - end != first) {
        throw new WtaException(
            "%s has sequences of %d and %d positions".formatted(data.name(), first, next - end),
            "make them of one length");
      }
      end = next;
    }
    return first;
  }

  private static int rowEnd(Dataset data, int begin) {
    int row = data.sourceRow(begin);
    String source = data.sourceName(begin);
    int end = begin + 1;
    while (end < data.size() && data.sourceRow(end) == row && data.sourceName(end).equals(source)) {
      end++;
    }
    return end;
  }

  /** The tokens, {@code (sequences, context)}; not to be changed. */
  public int[] tokens() {
    return tokens;
  }

  /** The positions of a sequence. */
  public int context() {
    return context;
  }

  /** How many sequences there are. */
  public int sequences() {
    return tokens.length / context;
  }
}
