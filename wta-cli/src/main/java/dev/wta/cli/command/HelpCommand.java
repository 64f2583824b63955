package dev.wta.cli.command;

import dev.wta.cli.output.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code wta help}: the help of {@code wta}, or of one of its commands. */
@Command(
    name = "help",
    description = "Shows the help of a command.",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%nParameters:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta help train", "  wta help import idx"})
public final class HelpCommand implements Callable<Integer> {
  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command to explain.")
  List<String> names = List.of();

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine explained = spec.parent().commandLine();
    for (String name : names) {
      CommandLine next = explained.getSubcommands().get(name);
      if (next == null) {
        throw new UnmatchedArgumentException(explained, List.of(name));
      }
      explained = next;
    }
    explained.usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
