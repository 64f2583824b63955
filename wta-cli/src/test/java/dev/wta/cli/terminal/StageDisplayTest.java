package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StageDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  /** Encodes 1,000 samples a second, and then as many again, twice as fast. */
  private String encoding(Terminal terminal, boolean quiet) {
    try (StageDisplay display = new StageDisplay(new Console(err, terminal, quiet), () -> now)) {
      for (long nanos = 1_000_000_000; nanos >= 500_000_000; nanos /= 2) {
        for (int thousand = 0; thousand <= 25; thousand++) {
          display.progressed("encoding", thousand * 1000L, 25_000);
          now += nanos;
        }
      }
      display.noted("a note");
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsPlainLinesAtIntervals() {
    assertThat(encoding(Terminal.none(), false).lines())
        .containsExactly(
            "encoding   40 %  0:15 left  1,000/s",
            "encoding   80 %  0:05 left  1,000/s", "encoding   32 %  0:08 left  2,000/s", "a note");
  }

  @Test
  void printsLinesAtIntervalsThoughEveryStageIsShort() {
    Console console = new Console(err, Terminal.none(), false);
    try (StageDisplay display = new StageDisplay(console, () -> now)) {
      for (int stage = 1; stage <= 5; stage++) {
        for (int part = 0; part <= 6; part++) {
          display.progressed("subset " + stage, part, 6);
          now += 1_000_000_000;
        }
      }
    }
    // Parts, not samples: a rate of them says nothing.
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "subset 2   50 %  0:03 left",
            "subset 3  100 %  0:00 left", "subset 5   33 %  0:04 left");
  }

  @Test
  void quietShowsNothing() {
    assertThat(encoding(Terminal.none(), true)).isEmpty();
  }

  @Test
  void drawsOverOneLineAndTakesItAway() {
    assertThat(encoding(new Terminal(true, 80, false, true), false))
        .startsWith("\rencoding")
        .contains("0:15 left  1,000/s")
        .endsWith("\r\u001b[Ka note\n");
  }
}
