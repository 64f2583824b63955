package dev.wta.models.competition;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the competitions on the class path and reads them from text. */
public final class Competitions {
  private static final Pattern TEXT =
      Pattern.compile("\\s*([a-zA-Z][\\w-]*)\\s*(?:\\(([^()]*)\\))?\\s*");

  private static final Pattern THEN = Pattern.compile("(?i)\\s+then\\s+");

  private Competitions() {}

  /** The kinds of competition on the class path. */
  public static List<CompetitionFamily> families() {
    return ServiceLoader.load(CompetitionFamily.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * The competition that {@code text} names, such as {@code lifetime(0.05)}, {@code none} or {@code
   * spatial then lifetime(0.05)}.
   *
   * @throws WtaException if there is none of that name, or its arguments are wrong
   */
  public static Competition parse(String text) {
    return THEN.splitAsStream(text)
        .map(Competitions::parseOne)
        .reduce(Competition::then)
        .orElseThrow();
  }

  private static Competition parseOne(String text) {
    Matcher matcher = TEXT.matcher(text);
    List<CompetitionFamily> families = families();
    List<String> examples = families.stream().map(CompetitionFamily::example).toList();
    if (!matcher.matches()) {
      throw new WtaException(
          "'%s' is no competition".formatted(text),
          "write one such as " + String.join(", ", examples));
    }
    String name = matcher.group(1).toLowerCase(Locale.ROOT);
    for (CompetitionFamily family : families) {
      if (family.name().equals(name)) {
        return create(family, text, matcher.group(2));
      }
    }
    List<String> names = families.stream().map(CompetitionFamily::name).toList();
    throw new WtaException(
        "there is no competition '%s'".formatted(name),
        Spelling.nearest(name, names)
            .map("did you mean '%s'?"::formatted)
            .orElse("write one such as " + String.join(", ", examples)));
  }

  private static Competition create(CompetitionFamily family, String text, String arguments) {
    try {
      return family.create(numbers(arguments));
    } catch (IllegalArgumentException wrong) {
      throw new WtaException(
          "the competition '%s' is wrong: %s".formatted(text, wrong.getMessage()),
          "write it such as " + family.example(),
          wrong);
    }
  }

  private static List<Double> numbers(String arguments) {
    List<Double> numbers = new ArrayList<>();
    if (arguments == null || arguments.isBlank()) {
      return numbers;
    }
    for (String argument : arguments.split(",", -1)) {
      try {
        numbers.add(Double.valueOf(argument.strip()));
      } catch (NumberFormatException notNumber) {
        throw new IllegalArgumentException(
            "'%s' is not a number".formatted(argument.strip()), notNumber);
      }
    }
    return numbers;
  }
}
