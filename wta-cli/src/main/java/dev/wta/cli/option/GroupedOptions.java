package dev.wta.cli.option;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options in a command's help: its own first, then those of each class that has an {@link
 * OptionHeading}, below that heading. A command without options of its own has one list.
 */
public final class GroupedOptions implements IHelpSectionRenderer {
  @Override
  public String render(Help help) {
    List<OptionSpec> all = help.commandSpec().options();
    List<OptionSpec> own = new ArrayList<>();
    Map<String, List<OptionSpec>> headed = new LinkedHashMap<>();
    for (OptionSpec option : all) {
      OptionHeading heading = heading(option);
      (heading == null ? own : headed.computeIfAbsent(heading.value(), _ -> new ArrayList<>()))
          .add(option);
    }
    if (own.isEmpty()) {
      return list(help, all, all);
    }
    StringBuilder text = new StringBuilder(list(help, own, all));
    headed.forEach(
        (heading, options) ->
            text.append("%n%s:%n".formatted(heading)).append(list(help, options, all)));
    return text.toString();
  }

  private static OptionHeading heading(OptionSpec option) {
    return option.userObject() instanceof Member member && member instanceof AnnotatedElement
        ? member.getDeclaringClass().getAnnotation(OptionHeading.class)
        : null;
  }

  /** A list in columns as wide as those of a list of all options. */
  private static String list(Help help, List<OptionSpec> options, List<OptionSpec> all) {
    return help.optionListExcludingGroups(
        options,
        help.createDefaultLayout(
            all, help.commandSpec().positionalParameters(), help.colorScheme()),
        Help.createShortOptionNameComparator(),
        help.parameterLabelRenderer());
  }
}
