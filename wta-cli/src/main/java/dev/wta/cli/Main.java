package dev.wta.cli;

import dev.wta.cli.option.GroupedOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.StandardError;
import dev.wta.cli.wiring.CliModule;
import dev.wta.cli.wiring.GuiceFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The {@code wta} command: parses the line, runs the sub-command, and returns the exit code. */
public final class Main {
  private Main() {}

  public static void main(String... args) {
    prepare();
    System.exit(run(args));
  }

  /** What a process does once, before its first command line. */
  static void prepare() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // numbers look the same everywhere
    StandardError.install();
  }

  /** Runs one command line and returns its {@link ExitCode}. */
  static int run(String... args) {
    RootCommand root = new RootCommand();
    ErrorHandler failures = new ErrorHandler(root);
    try {
      int code = commandLine(root, failures).execute(args);
      Output.flush();
      return code;
    } catch (Throwable problem) { // errors too: whatever happens, the user gets one line
      return failures.report(problem);
    }
  }

  static CommandLine commandLine(RootCommand root, ErrorHandler failures) {
    CommandLine line = new CommandLine(root, new GuiceFactory(new CliModule(() -> root.quiet)));
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      line.addSubcommand(provider.command());
    }
    line.getSubcommands().values().forEach(Main::headArguments);
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new GroupedOptions());
    line.setHelpSectionMap(line.getHelpSectionMap()); // of every sub-command, too
    return line.setOut(Output.help())
        .registerConverter(Path.class, Path::of) // picocli's own forgets why a path is none
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpLongOptionsMaxWidth(28)
        .setExecutionStrategy(root::execute)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /** Separates a command's arguments from its description where it has no heading of its own. */
  private static void headArguments(CommandLine command) {
    UsageMessageSpec help = command.getCommandSpec().usageMessage();
    if (help.parameterListHeading().isEmpty()) {
      help.parameterListHeading("%nArguments:%n");
    }
    command.getSubcommands().values().forEach(Main::headArguments);
  }
}
