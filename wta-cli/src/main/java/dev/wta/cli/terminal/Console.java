package dev.wta.cli.terminal;

import dev.wta.api.VisibleText;
import java.io.PrintStream;

/**
 * Standard error as the place for what people read while they wait: notes and progress, neither of
 * which is shown where quiet was asked for.
 *
 * @param drawing takes what is drawn as it is
 */
public record Console(PrintStream drawing, Terminal terminal, boolean quiet) {
  public static Console ofStandardError(boolean quiet) {
    return new Console(StandardError.stream(), quiet ? Terminal.none() : Terminal.detect(), quiet);
  }

  /** Prints a line. */
  public void note(String line) {
    if (!quiet) {
      print(line);
    }
  }

  /** Prints a line where quiet was asked for, too. */
  public void print(String line) {
    drawing.println(VisibleText.line(line));
  }

  /** Draws a line, as it is, over the one that was drawn before; an empty one takes that off. */
  public void draw(String line) {
    drawing.print("\r" + line + "\u001b[K");
    drawing.flush();
  }
}
