package dev.wta.models.competition;

import dev.wta.api.NamedCall;
import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.models.settings.SettingType;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** Finds the competitions on the class path and reads them from text. */
public final class Competitions {
  private static final Pattern THEN = Pattern.compile("(?i)\\s+then\\s+");

  private Competitions() {}

  /** How settings write competitions. */
  public static final class Text extends SettingType {
    public Text() {
      super(
          "a competition such as lifetime(0.05), topk(32), batchtopk(32) or none",
          Competition.class,
          given -> Competitions.parse(given.toString()),
          Competition::text);
    }
  }

  /** The kinds of competition on the class path. */
  public static List<CompetitionFamily> families() {
    return ServiceLoader.load(CompetitionProvider.class).stream()
        .flatMap(provider -> provider.get().families().stream())
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
    List<CompetitionFamily> families = families();
    String examples = String.join(", ", families.stream().map(CompetitionFamily::example).toList());
    NamedCall call =
        NamedCall.parse(text)
            .orElseThrow(
                () ->
                    new WtaException(
                        "'%s' is no competition".formatted(text), "write one such as " + examples));
    for (CompetitionFamily family : families) {
      if (family.name().equals(call.name())) {
        return create(family, text, call);
      }
    }
    List<String> names = families.stream().map(CompetitionFamily::name).toList();
    throw new WtaException(
        "there is no competition '%s'".formatted(call.name()),
        Spelling.nearest(call.name(), names)
            .map("did you mean '%s'?"::formatted)
            .orElse("write one such as " + examples));
  }

  private static Competition create(CompetitionFamily family, String text, NamedCall call) {
    try {
      return family.constructor().apply(call);
    } catch (IllegalArgumentException wrong) {
      throw new WtaException(
          "the competition '%s' is wrong: %s".formatted(text, wrong.getMessage()),
          "write it such as " + family.example(),
          wrong);
    }
  }
}
