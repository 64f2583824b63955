package dev.wta.cli.terminal;

import java.io.PrintStream;

/**
 * Standard error as the place for what people read while they wait: notes and progress, neither of
 * which is shown where quiet was asked for.
 */
public record Screen(PrintStream err, Terminal terminal, boolean quiet) {
  public static Screen ofStandardError(boolean quiet) {
    return new Screen(System.err, quiet ? Terminal.none() : Terminal.detect(), quiet);
  }

  /** Prints a line. */
  public void note(String line) {
    if (!quiet) {
      err.println(line);
    }
  }
}
