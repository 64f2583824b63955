package dev.wta.cli.terminal;

import dev.wta.api.VisibleText;
import java.io.PrintStream;

/** Prints text as {@link VisibleText}: what a name contains cannot act on the terminal. */
final class VisibleStream extends PrintStream {
  VisibleStream(PrintStream target) {
    super(target, true, target.charset());
  }

  @Override
  public void print(String text) {
    super.print(VisibleText.of(String.valueOf(text)));
  }

  @Override
  public void print(char[] text) {
    print(String.valueOf(text));
  }

  @Override
  public void print(char c) {
    print(String.valueOf(c));
  }
}
