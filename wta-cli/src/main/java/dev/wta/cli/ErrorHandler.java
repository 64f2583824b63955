package dev.wta.cli;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.Output;
import dev.wta.cli.training.TrainCommand;
import dev.wta.models.ModelFamilies;
import dev.wta.models.training.RunSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns whatever went wrong into one line on standard error, {@code wta: problem; remedy}, and an
 * exit code.
 */
final class ErrorHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
  /** As picocli lists an enum's constants. */
  private static final Pattern ENUM_VALUES =
      Pattern.compile("expected one of \\[([^]]*)] \\(case-insensitive\\)");

  private final RootCommand root;

  ErrorHandler(RootCommand root) {
    this.root = root;
  }

  @Override
  public int handleExecutionException(Exception problem, CommandLine command, ParseResult line) {
    return report(problem);
  }

  @Override
  public int handleParseException(ParameterException problem, String[] args) {
    String help =
        "see '%s --help'".formatted(problem.getCommandLine().getCommandSpec().qualifiedName());
    if (problem instanceof UnmatchedArgumentException unmatched) {
      return report(unmatched(unmatched, help));
    }
    if (unwrapped(problem) instanceof InvalidPathException path) {
      return report(path);
    }
    return report(new WtaException(inPlainWords(problem.getMessage()), help, problem));
  }

  /** Prints the line, and the stack trace if it was asked for. */
  int report(Throwable thrown) {
    Throwable problem = unwrapped(thrown);
    if (problem instanceof Output.ReaderGone) {
      return ExitCode.BROKEN_PIPE;
    }
    boolean usersToMend = true;
    String line;
    if (problem instanceof WtaException known) {
      line = known.getMessage();
    } else if (problem instanceof IOException failure) {
      line = describe(failure);
    } else if (problem instanceof InvalidPathException path) {
      line = describe(path);
    } else if (problem instanceof OutOfMemoryError) {
      line =
          "out of memory, with a heap of %,d MB; give it more with WTA_JAVA_OPTS=-Xmx8g, or make the batch smaller"
              .formatted(Runtime.getRuntime().maxMemory() >> 20);
    } else {
      usersToMend = false;
      line = "%s; this is a bug; run again with --verbose for the stack trace".formatted(problem);
    }
    System.err.println("wta: " + line.strip().replaceAll("\\s*\\R\\s*", " "));
    if (root.verbose) {
      thrown.printStackTrace();
    }
    return usersToMend ? ExitCode.USER : ExitCode.BUG;
  }

  /** What the user can act on, out of what wiring and streams have wrapped round it. */
  private static Throwable unwrapped(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof WtaException
          || cause instanceof Output.ReaderGone
          || cause instanceof OutOfMemoryError
          || cause instanceof InvalidPathException
          || cause instanceof UncheckedIOException) {
        return cause instanceof UncheckedIOException unchecked ? unchecked.getCause() : cause;
      }
    }
    return thrown;
  }

  private static String describe(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing ->
          "there is no file '%s'; check the path".formatted(missing.getFile());
      case AccessDeniedException denied ->
          "no permission for '%s'; choose another place or change its permissions"
              .formatted(denied.getFile());
      case FileSystemException other ->
          "%s: %s; check the path and the free space".formatted(other.getFile(), other.getReason());
      default -> "%s; check the path and the free space".formatted(failure.getMessage());
    };
  }

  /** Most often a name outside ASCII in a JVM that was started in the C locale. */
  private static String describe(InvalidPathException path) {
    String characters = System.getProperty("sun.jnu.encoding");
    return characters.equals("UTF-8")
        ? "'%s' cannot be a path: %s; correct it".formatted(path.getInput(), path.getReason())
        : "'%s' cannot be a path where names are in %s, the characters of this locale; set LC_ALL=C.UTF-8"
            .formatted(path.getInput(), characters);
  }

  private static WtaException unmatched(UnmatchedArgumentException problem, String help) {
    String first = problem.getUnmatched().getFirst();
    boolean command = !problem.isUnknownOption() && problem.getCommandLine().getParent() == null;
    String what =
        problem.isUnknownOption()
            ? "unknown option"
            : command ? "unknown command" : "unexpected argument";
    if (command && first.equals("bench")) {
      return new WtaException(
          "the benchmarks are not installed",
          "unpack wta-bench-%s.tar.gz, which is released beside this, where the folder of wta is"
              .formatted(WtaVersion.current()),
          problem);
    }
    String remedy =
        meant(first, problem)
            .map(name -> "did you mean '%s'? %s".formatted(name, help))
            .orElse(help);
    return new WtaException("%s '%s'".formatted(what, first), remedy, problem);
  }

  /** What a misspelt argument was probably meant to be. */
  private static Optional<String> meant(String argument, UnmatchedArgumentException problem) {
    CommandSpec command = problem.getCommandLine().getCommandSpec();
    if (!problem.isUnknownOption()) {
      return Spelling.nearest(argument, command.subcommands().keySet());
    }
    String name = argument.replaceFirst("=.*", "");
    String key = name.replaceFirst("^--", "");
    if (command.userObject() instanceof TrainCommand && isSetting(key)) {
      return Optional.of("--set %s=...".formatted(key));
    }
    return Spelling.nearest(
        name,
        command.optionsMap().keySet().stream().filter(option -> option.startsWith("--")).toList());
  }

  private static boolean isSetting(String key) {
    return ModelFamilies.all().stream()
        .anyMatch(family -> RunSettings.spec(family).meant(key).isPresent());
  }

  private static String inPlainWords(String message) {
    String problem =
        message.replaceFirst("^Error: ", ""); // as picocli says it of groups of options
    return ENUM_VALUES
        .matcher(startingLower(problem))
        .replaceAll(found -> "expected one of " + found.group(1).toLowerCase(Locale.ROOT));
  }

  /** A sentence as a clause; what starts in capitals is a name. */
  private static String startingLower(String text) {
    if (text.length() > 1 && Character.isUpperCase(text.charAt(1))) {
      return text;
    }
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
