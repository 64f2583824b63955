package dev.wta.bench.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.bench.compare.Bench;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

public class BenchProgressTest {
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private long now;

  /** Reports nothing. */
  public static final class Silent implements Bench.Watcher {
    @Override
    public void begun(Bench.Position position, String name) {}

    @Override
    public void ended(String speed) {}
  }

  private void watch(Terminal terminal, boolean quiet) {
    Console screen = new Console(new PrintStream(error, true, UTF_8), terminal, quiet);
    try (BenchProgress progress = new BenchProgress(screen, () -> now)) {
      for (int round = 0; round < 2; round++) {
        for (int task = 0; task < 2; task++) {
          progress.begun(new Bench.Position(round, 2, task, 2), "task" + task);
          now += (task + 1) * 10_000_000_000L;
          progress.ended("5 GB/s");
        }
      }
    }
  }

  @Test
  void logsALineForEachResultWithTheTimeLeft() {
    watch(Terminal.none(), false);
    assertThat(error.toString(UTF_8).lines())
        .containsExactly(
            "round 1/2   25 %  0:30 left  task0: 5 GB/s",
            "round 1/2   50 %  0:30 left  task1: 5 GB/s",
            "round 2/2   75 %  0:20 left  task0: 5 GB/s",
            "round 2/2  100 %  0:00 left  task1: 5 GB/s");
  }

  @Test
  void drawsOneLineOnATerminalAndTakesItAwayAtTheEnd() {
    watch(new Terminal(true, 100, false, false), false);
    assertThat(error.toString(UTF_8))
        .doesNotContain("\n")
        .contains("round 2/2  ###")
        .contains("task1  (task0: 5 GB/s)")
        .endsWith("\r\u001b[K");
  }

  @Test
  void isSilentWithQuiet() {
    watch(Terminal.none(), true);
    assertThat(error.size()).isZero();
  }
}
