package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The {@code wta} command as a process of its own, with this build's class path and JVM flags, in a
 * working directory of its own, killed if it takes too long.
 */
final class Wta {
  private static final long PATIENCE_SECONDS = 120;

  /** The JVM's own remark on the Vector API, which the launcher keeps from its users. */
  private static final Pattern JVM_REMARK =
      Pattern.compile("WARNING: Using incubator modules: .*\\R");

  private static final Path NOTHING = Path.of("/dev/null");

  private final Path directory;
  private final Path standardInput;
  private final Optional<Path> standardOutput;
  private final OptionalInt fileLimit;
  private final Class<?> main;
  private final boolean vectors;
  private final Map<String, String> environment;

  private Wta(
      Path directory,
      Path standardInput,
      Optional<Path> standardOutput,
      OptionalInt fileLimit,
      Class<?> main,
      boolean vectors,
      Map<String, String> environment) {
    this.directory = directory;
    this.standardInput = standardInput;
    this.standardOutput = standardOutput;
    this.fileLimit = fileLimit;
    this.main = main;
    this.vectors = vectors;
    this.environment = environment;
  }

  static Wta in(Path directory) {
    return new Wta(
        directory, NOTHING, Optional.empty(), OptionalInt.empty(), Main.class, true, Map.of());
  }

  /** The same with a file as standard input. */
  Wta readingFrom(Path file) {
    return new Wta(directory, file, standardOutput, fileLimit, main, vectors, environment);
  }

  /** The same with standard output sent to a file. */
  Wta writingTo(Path file) {
    return new Wta(
        directory, standardInput, Optional.of(file), fileLimit, main, vectors, environment);
  }

  /** The same with files that cannot grow beyond a size, which fails as a full disk does. */
  Wta limitingFilesTo(int kilobytes) {
    return new Wta(
        directory,
        standardInput,
        standardOutput,
        OptionalInt.of(kilobytes),
        main,
        vectors,
        environment);
  }

  /** The same with another program of this class path than the command. */
  Wta running(Class<?> program) {
    return new Wta(
        directory, standardInput, standardOutput, fileLimit, program, vectors, environment);
  }

  /** The same on a JVM without the Vector API's module. */
  Wta withoutVectors() {
    return new Wta(directory, standardInput, standardOutput, fileLimit, main, false, environment);
  }

  /** The same with other environment variables. */
  Wta with(Map<String, String> variables) {
    return new Wta(directory, standardInput, standardOutput, fileLimit, main, vectors, variables);
  }

  /** Runs a command line to its end. */
  Result run(String... arguments) {
    return start(arguments).result();
  }

  /** Runs a command line that has to succeed. */
  Result succeed(String... arguments) {
    Result result = run(arguments);
    assertThat(result.exit())
        .as("exit code of 'wta %s'%n%s", String.join(" ", arguments), result.err())
        .isZero();
    return result;
  }

  /** Runs a command line that has to fail: exit code 2, and one line. */
  String fail(String... arguments) {
    Result result = run(arguments);
    assertThat(result.err())
        .as("standard error of 'wta %s'", String.join(" ", arguments))
        .startsWith("wta: ")
        .contains("; ")
        .containsOnlyOnce("\n");
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    return result.err().strip();
  }

  /** Starts a command line and lets it run. */
  Running start(String... arguments) {
    List<String> command = new ArrayList<>();
    fileLimit.ifPresent(
        kilobytes ->
            command.addAll(
                List.of("bash", "-c", "ulimit -f %d; exec \"$@\"".formatted(kilobytes), "bash")));
    command.addAll(java());
    command.addAll(List.of(arguments));
    try {
      Path err = Files.createTempFile("wta", ".err");
      Path out = Files.createTempFile("wta", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(standardInput.toFile()))
              .redirectError(err.toFile())
              .redirectOutput(standardOutput.orElse(out).toFile());
      Map<String, String> inherited = builder.environment();
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS").forEach(inherited::remove);
      inherited.putAll(environment);
      return new Running(builder.start(), out, err);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** This JVM's executable, class path and module flags: Surefire has them from the build. */
  private List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.matches("--(add-modules|enable-native|add-opens|sun-misc).*"))
        .filter(flag -> vectors || !flag.startsWith("--add-modules"))
        .forEach(command::add);
    command.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Dstdout.encoding=UTF-8"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  /** What a finished command left. */
  record Result(int exit, String out, String err) {}

  /** A command at work. */
  record Running(Process process, Path out, Path err) {
    /** Waits for the end. */
    Result result() {
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "still at work after %d s: %s".formatted(PATIENCE_SECONDS, errorText()));
        }
        Result result = new Result(process.exitValue(), Files.readString(out), errorText());
        Files.delete(out);
        Files.delete(err);
        return result;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }

    /** Standard error so far, without the JVM's remark. */
    String errorText() {
      try {
        return JVM_REMARK.matcher(Files.readString(err)).replaceAll("");
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
