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
 * The {@code wta} command in a working directory, with this build's class path and JVM flags,
 * killed if it takes too long. Command lines share a process with others of their directory; {@link
 * #alone}, and where anything about the process is special, each is a process of its own, as users
 * start them.
 */
final class Wta {
  private static final int PATIENCE_SECONDS = 120;

  /** The JVM's own remark on the Vector API, which the launcher keeps from its users. */
  private static final Pattern JVM_REMARK =
      Pattern.compile("WARNING: Using incubator modules: .*\\R");

  private final Path directory;
  private boolean alone;
  private Path standardInput = Path.of("/dev/null");
  private Optional<Path> standardOutput = Optional.empty();
  private OptionalInt fileLimit = OptionalInt.empty();
  private Class<?> main = Main.class;
  private boolean vectors = true;
  private boolean optimised;
  private boolean accelerated;
  private Map<String, String> environment = Map.of();

  private Wta(Path directory) {
    this.directory = directory;
  }

  static Wta in(Path directory) {
    return new Wta(directory);
  }

  /** Gives each command line a process of its own. */
  Wta alone() {
    alone = true;
    return this;
  }

  /** Lets the JVM's optimising compiler work, for a process that is not over before it pays. */
  Wta optimised() {
    optimised = true;
    return alone();
  }

  /** Makes a file standard input. */
  Wta readingFrom(Path file) {
    standardInput = file;
    return alone();
  }

  /** Sends standard output to a file. */
  Wta writingTo(Path file) {
    standardOutput = Optional.of(file);
    return alone();
  }

  /** Lets no file grow beyond a size, which fails as a full disk does. */
  Wta limitingFilesTo(int kilobytes) {
    fileLimit = OptionalInt.of(kilobytes);
    return alone();
  }

  /** Runs another program of this class path than the command. */
  Wta running(Class<?> program) {
    main = program;
    return alone();
  }

  /** Starts the JVM without the Vector API's module. */
  Wta withoutVectors() {
    vectors = false;
    return alone();
  }

  /** Lets the CPU backend have its accelerator, as the launcher does when it is asked to. */
  Wta accelerated() {
    accelerated = true;
    return alone();
  }

  /** Adds environment variables. */
  Wta with(Map<String, String> variables) {
    environment = variables;
    return alone();
  }

  /** Runs a command line to its end. */
  Result run(String... arguments) {
    return alone ? start(arguments).result() : Session.run(directory, PATIENCE_SECONDS, arguments);
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

  /** Starts a command line, in a process of its own, and lets it run. */
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

  /**
   * This JVM's executable, class path, and flags of modules and compilers: Surefire has them from
   * the build.
   */
  private List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            flag -> flag.matches("(--(add-modules|enable-native|add-opens|sun-misc)|-XX:Tier4).*"))
        .filter(flag -> vectors || !flag.startsWith("--add-modules"))
        .forEach(command::add);
    command.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Dstdout.encoding=UTF-8"));
    if (main == Main.class && !optimised) {
      command.add("-XX:TieredStopAtLevel=1"); // which halves what a short process takes
    }
    command.add(
        accelerated
            ? "-Dwta.onednn.cache=" + Path.of("target", "onednn").toAbsolutePath()
            : "-Dwta.accelerator=off");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  /** What was printed on standard error, without the JVM's remark. */
  static String withoutRemark(String printed) {
    return JVM_REMARK.matcher(printed).replaceAll("");
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
        return withoutRemark(Files.readString(err));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
