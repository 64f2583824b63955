package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.data.importer.ImportStage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ImportDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  /** Unpacks 100 MB in 20 s, then imports 1,000 samples a second. */
  private void importing(Terminal terminal, boolean quiet) {
    try (ImportDisplay display = new ImportDisplay(new Console(err, terminal, quiet), () -> now)) {
      for (int megabyte = 0; megabyte <= 100; megabyte++) {
        display.progressed(ImportStage.UNPACKING, megabyte * 1_000_000L, 100_000_000);
        now += 200_000_000;
      }
      for (int second = 0; second <= 25; second++) {
        display.progressed(ImportStage.IMPORTING, second * 1000L, 25_000);
        now += 1_000_000_000;
      }
      display.note("a note");
      display.unreadable("cat/1.png", "it is empty");
    }
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsPlainLinesAtIntervals() {
    importing(Terminal.none(), false);
    assertThat(shown().lines())
        .containsExactly(
            "unpacking   50 %  0:10 left  5.0 MB/s",
            "unpacking  100 %  0:00 left  5.0 MB/s",
            "importing   40 %  0:15 left  1,000 samples/s",
            "importing   80 %  0:05 left  1,000 samples/s",
            "a note",
            "left out cat/1.png: it is empty");
  }

  @Test
  void quietLeavesWhatWasLeftOut() {
    importing(Terminal.none(), true);
    assertThat(shown()).isEqualTo("left out cat/1.png: it is empty\n");
  }

  @Test
  void drawsOverOneLineAndTakesItAway() {
    importing(new Terminal(true, 80, false, true), false);
    assertThat(shown().lines().toList().getLast()).isEqualTo("left out cat/1.png: it is empty");
    assertThat(shown()).startsWith("\runpacking").contains("\r\u001b[Ka note\n");
  }
}
