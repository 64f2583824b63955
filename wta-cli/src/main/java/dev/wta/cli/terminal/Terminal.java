package dev.wta.cli.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What standard error is connected to, as far as drawing on it is concerned.
 *
 * @param interactive whether a line can be rewritten
 * @param columns the width in characters, as it was when asked
 * @param colour whether colours are wanted: on a terminal, unless {@code NO_COLOR} is set
 * @param unicode whether characters beyond ASCII come out right
 */
public record Terminal(boolean interactive, int columns, boolean colour, boolean unicode) {
  private static final int STANDARD_ERROR = 2;
  private static final int USUAL_COLUMNS = 80;

  /** No terminal: a file, a pipe, a build server's log. */
  public static Terminal none() {
    return new Terminal(false, USUAL_COLUMNS, false, false);
  }

  /** Asks the operating system about standard error. */
  public static Terminal detect() {
    StandardError.restore();
    return detect(System.getenv(), standardErrorIsTerminal());
  }

  static Terminal detect(Map<String, String> environment, boolean terminal) {
    boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
    boolean interactive = terminal && !dumb;
    boolean colour = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean unicode =
        System.getProperty("stderr.encoding", "").toUpperCase(Locale.ROOT).startsWith("UTF");
    return new Terminal(
        interactive, interactive ? width().orElse(USUAL_COLUMNS) : USUAL_COLUMNS, colour, unicode);
  }

  /** This terminal at the width it has now: windows are resized during a run. */
  public Terminal remeasured() {
    return interactive ? new Terminal(true, width().orElse(columns), colour, unicode) : this;
  }

  private static boolean standardErrorIsTerminal() {
    return NativeCall.find(
            "isatty", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
        .map(isatty -> isatty.call(STANDARD_ERROR) == 1)
        .orElseGet(() -> System.console().isTerminal());
  }

  /**
   * The window's width by {@code ioctl(2, TIOCGWINSZ)}; empty where the system has no such call or
   * no answer.
   */
  private static Optional<Integer> width() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    long request =
        system.contains("linux")
            ? 0x5413L
            : 0x40087468L; // TIOCGWINSZ: Linux's; macOS's and the BSDs'
    FunctionDescriptor signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    return NativeCall.find("ioctl", signature, Linker.Option.firstVariadicArg(2))
        .flatMap(
            ioctl -> {
              try (Arena arena = Arena.ofConfined()) {
                MemorySegment size =
                    arena.allocate(ValueLayout.JAVA_SHORT, 4); // rows, columns, pixels
                int columns =
                    ioctl.call(STANDARD_ERROR, request, size) == 0
                        ? size.getAtIndex(ValueLayout.JAVA_SHORT, 1)
                        : 0;
                return columns > 0 ? Optional.of(columns) : Optional.empty();
              }
            });
  }
}
