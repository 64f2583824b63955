package dev.wta.models.competition;

import java.util.List;

/**
 * A kind of competition that a configuration can name; listed in {@code
 * META-INF/services/dev.wta.models.competition.CompetitionFamily}, so a user's jar can add one.
 */
public interface CompetitionFamily {

  /** The name before the bracket: lower case, such as {@code lifetime}. */
  String name();

  /** An example of its text for messages and help, such as {@code lifetime(0.05)}. */
  String example();

  /**
   * The competition with these arguments.
   *
   * @param arguments the numbers between the brackets
   * @throws IllegalArgumentException if they are too few, too many or out of range; the message
   *     says what is wrong
   */
  Competition create(List<Double> arguments);
}
