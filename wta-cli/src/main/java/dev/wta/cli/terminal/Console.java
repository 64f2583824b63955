package dev.wta.cli.terminal;

import dev.wta.api.VisibleText;
import java.io.PrintStream;
import java.util.List;

/**
 * Standard error as the place for what people read while they wait: notes, and a line of progress
 * that is shown over and over. Neither is shown where quiet was asked for.
 */
public final class Console {
  private final PrintStream out;
  private final Terminal terminal;
  private final boolean quiet;
  private boolean lineShown;

  /**
   * A screen.
   *
   * @param out takes what is shown as it is
   */
  public Console(PrintStream out, Terminal terminal, boolean quiet) {
    this.out = out;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  public static Console ofStandardError(boolean quiet) {
    return new Console(StandardError.stream(), quiet ? Terminal.none() : Terminal.detect(), quiet);
  }

  public Terminal terminal() {
    return terminal;
  }

  public boolean quiet() {
    return quiet;
  }

  /** Prints a line. */
  public void note(String line) {
    if (!quiet) {
      print(line);
    }
  }

  /** Prints a line where quiet was asked for, too; a line of progress gives way to it. */
  public void print(String line) {
    erase();
    out.println(VisibleText.line(line));
  }

  /** Shows a line of progress, as it is, in place of the one before. */
  public void showLine(String line) {
    overwrite(line);
    lineShown = true;
  }

  /**
   * Shows the progress of some work: a line that fits the terminal in place of the one before, or a
   * further line where there is no terminal.
   *
   * @param head what is at work
   * @param fraction of the whole that is done, 0 to 1
   * @param figures further figures, the most important ones first
   */
  void progress(String head, double fraction, List<String> figures) {
    if (terminal.interactive()) {
      showLine(ProgressLine.rendered(head, fraction, figures, terminal.remeasured()));
    } else {
      print(head + "  " + String.join("  ", figures));
    }
  }

  /** Takes the line of progress off the terminal, if there is one. */
  public void erase() {
    if (lineShown) {
      overwrite("");
      lineShown = false;
    }
  }

  private void overwrite(String line) {
    out.print("\r" + line + "\u001b[K");
    out.flush();
  }
}
