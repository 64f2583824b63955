package dev.wta.cli.option;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;

/** Requires options that only some uses of a command need. */
public final class RequiredOptions {
  private RequiredOptions() {}

  /**
   * Checks that options were given.
   *
   * @param names of the options
   * @throws MissingParameterException that names those that were not, as picocli does for others
   */
  public static void refuse(CommandLine command, String... names) {
    List<ArgSpec> missing =
        Arrays.stream(names)
            .map(name -> (ArgSpec) command.getCommandSpec().findOption(name))
            .filter(option -> option.getValue() == null)
            .toList();
    if (!missing.isEmpty()) {
      String list =
          missing.stream()
              .map(
                  option ->
                      "'%s=%s'"
                          .formatted(
                              ((CommandLine.Model.OptionSpec) option).longestName(),
                              option.paramLabel()))
              .collect(Collectors.joining(", "));
      throw new MissingParameterException(
          command,
          missing,
          "missing required option%s: %s".formatted(missing.size() == 1 ? "" : "s", list));
    }
  }
}
