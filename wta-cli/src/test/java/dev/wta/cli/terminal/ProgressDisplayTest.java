package dev.wta.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  @Test
  void printsPlainLinesAtIntervals() {
    train(Terminal.none(), 0, 1000, 32);
    assertThat(shown().lines())
        .containsExactly(
            "epoch 1/2   31 %  0:21 left  loss 7.500  3,125 samples/s",
            "epoch 2/2   62 %  0:11 left  loss 7.500  3,125 samples/s",
            "epoch 2/2   93 %  0:01 left  loss 7.500  3,125 samples/s");
  }

  @Test
  void countsTheTimeLeftFromWhereARunIsResumed() {
    train(Terminal.none(), 640, 1000, 32);
    assertThat(shown().lines()).singleElement().asString().contains("95 %", "3,125 samples/s");
  }

  @Test
  void drawsOverOneLineAndTakesItAway() {
    train(new Terminal(true, 80, false, true), 0, 100, 30);
    assertThat(shown()).doesNotContain("\n").startsWith("\repoch 1/2").endsWith("\r\u001b[K");
  }

  /** Trains from step {@code first} at 100 samples a step, so that the whole run takes so long. */
  private void train(Terminal terminal, int first, int steps, int seconds) {
    try (ProgressDisplay display =
        new ProgressDisplay(new Console(err, terminal, false), () -> now)) {
      display.begin(2, first);
      display.measured(new Measurement(1, 0, 7.5, OptionalDouble.empty(), 100, 1e-3, Map.of()));
      for (int step = first + 1; step <= steps; step++) {
        now += seconds * 1_000_000_000L / steps;
        display.stepped(new StepReport(step, steps, 2 * (step - 1) / steps, 100, 1e-3));
      }
    }
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
