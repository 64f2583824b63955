package dev.wta.cli.output;

import dev.wta.api.WtaException;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.option.WritesStream;
import dev.wta.data.io.AtomicFile;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The rule for what commands write, checked before any of them does anything: an output is a plain
 * file or a place for one, no file that the command reads, by whatever name, and no file that a run
 * has for itself. It goes by the options' names, so that it holds for every command: {@code --out}
 * and {@code --plot} are outputs, and every other path is an input.
 */
public final class OutputPaths {
  private static final Set<String> OUTPUTS = Set.of("--out", "--plot");
  private static final String FILE = "FILE";

  private final List<Path> inputs = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();

  /** A file to be written, and the option that says so. */
  private record Output(String option, Path file) {}

  private OutputPaths(ParseResult command) {
    for (ArgSpec argument : command.matchedArgs()) {
      for (Object value : argument.typedValues()) {
        if (value instanceof Path path && StandardStreams.is(path)) {
          requireStream(argument, command.commandSpec());
        } else if (value instanceof Path path) {
          add(argument, path, command.commandSpec().userObject());
        }
      }
    }
  }

  private static void requireStream(ArgSpec argument, CommandSpec command) {
    if (isOutput(argument) && !(command.userObject() instanceof WritesStream)) {
      throw new WtaException(
          "'%s' does not write standard output, which '-' would be"
              .formatted(command.qualifiedName()),
          "give a path, such as ./- for one of that name");
    }
  }

  private static boolean isOutput(ArgSpec argument) {
    return argument instanceof OptionSpec option && OUTPUTS.contains(option.longestName());
  }

  private void add(ArgSpec argument, Path path, Object command) {
    if (!isOutput(argument) || !(argument instanceof OptionSpec option)) {
      inputs.add(path);
    } else if (command instanceof WritesInto folder && folder.writesFolder()) {
      if (Files.isDirectory(path)) {
        folder
            .fileNames()
            .forEach(name -> outputs.add(new Output(option.longestName(), path.resolve(name))));
      }
    } else if (option.paramLabel().equals(FILE)) {
      outputs.add(new Output(option.longestName(), path));
    }
  }

  /**
   * Checks a command line.
   *
   * @throws WtaException if an output would destroy something
   */
  public static void check(ParseResult line) {
    ParseResult command = line;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    OutputPaths paths = new OutputPaths(command);
    for (Output output : paths.outputs) {
      paths.check(output);
    }
  }

  private void check(Output output) {
    Path target = AtomicFile.target(output.file());
    if (RunDirectory.owns(target)) {
      throw refused(output, "a file of the run in " + target.getParent());
    }
    for (Path input : inputs) {
      try {
        if (Files.exists(target) && Files.exists(input) && reads(input, target)) {
          throw refused(output, "a file that the command reads");
        }
      } catch (IOException unreadable) {
        throw new WtaException(
            "%s cannot be compared with %s: %s".formatted(output.file(), input, unreadable),
            "check the permissions of both",
            unreadable);
      }
    }
  }

  /** Whether {@code file} is what is read, or in the folder that is read. */
  private static boolean reads(Path input, Path file) throws IOException {
    if (!Files.isDirectory(input)) {
      return Files.isSameFile(input, file);
    }
    if (!RunDirectory.holdsRun(input)) {
      return file.startsWith(input.toRealPath());
    }
    for (Path own : RunDirectory.files(input)) {
      if (Files.isSameFile(own, file)) {
        return true;
      }
    }
    return false;
  }

  private static WtaException refused(Output output, String why) {
    return new WtaException(
        "%s would replace %s, which is %s".formatted(output.option(), output.file(), why),
        "give another path");
  }
}
