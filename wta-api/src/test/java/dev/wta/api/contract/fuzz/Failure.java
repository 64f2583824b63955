package dev.wta.api.contract.fuzz;

import java.util.Map;

/**
 * A case that failed.
 *
 * @param choices all of the case's choices
 * @param thrown what the backend, or the comparison, threw
 */
public record Failure(
    long seed, long index, Map<String, Choices.Choice> choices, Throwable thrown) {
  private static final int LONGEST = 300;

  /** The options of {@code tools/fuzz} that repeat it, whatever becomes of the drawing of cases. */
  public String options() {
    return "--seed %d --case %d --with '%s'".formatted(seed, index, Choices.format(choices));
  }

  /** One line: the options that repeat it, and what went wrong. */
  @Override
  public String toString() {
    String message = thrown.toString().replaceAll("\\s+", " ");
    return options()
        + ": "
        + (message.length() > LONGEST ? message.substring(0, LONGEST) + " ..." : message);
  }
}
