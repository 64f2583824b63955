package dev.wta.models.competition;

import dev.wta.api.NamedCall;
import java.util.function.Function;

/**
 * A kind of competition that a configuration can name: a value, which a jar lists in its {@link
 * CompetitionProvider}.
 *
 * @param name the name before the bracket: lower case, such as {@code lifetime}
 * @param example of its text for messages and help, such as {@code lifetime(0.05)}
 * @param constructor makes the competition from its text; throws {@link IllegalArgumentException}
 *     if arguments are too few, too many or out of range, and says what is wrong
 */
public record CompetitionFamily(
    String name, String example, Function<NamedCall, Competition> constructor) {

  static CompetitionFamily withoutArguments(String name, Competition competition) {
    return new CompetitionFamily(
        name,
        name,
        call -> {
          call.numbers(0);
          return competition;
        });
  }
}
