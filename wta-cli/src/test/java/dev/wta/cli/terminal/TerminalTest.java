package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void coloursATerminal() {
    assertThat(Terminal.detect(Map.of("TERM", "xterm"), true))
        .returns(true, Terminal::interactive)
        .returns(true, Terminal::colour);
  }

  @Test
  void respectsNoColor() {
    assertThat(Terminal.detect(Map.of("TERM", "xterm", "NO_COLOR", "1"), true))
        .returns(true, Terminal::interactive)
        .returns(false, Terminal::colour);
  }

  @Test
  void drawsNothingOnADumbTerminal() {
    assertThat(Terminal.detect(Map.of("TERM", "dumb"), true))
        .returns(false, Terminal::interactive)
        .returns(false, Terminal::colour);
  }

  @Test
  void drawsNothingIntoAFile() {
    assertThat(Terminal.detect(Map.of("TERM", "xterm"), false))
        .returns(false, Terminal::interactive)
        .returns(false, Terminal::colour);
  }

  @Test
  void alwaysHasAWidth() {
    assertThat(Terminal.detect(Map.of(), true).columns()).isPositive();
    assertThat(Terminal.none().columns()).isPositive();
  }
}
