package dev.wta.bench.output;

import dev.wta.bench.compare.Bench;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.ProgressLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Shows how far a bench is: one line that is rewritten on a terminal, a line for each result
 * elsewhere.
 */
public final class BenchProgress implements Bench.Watcher, AutoCloseable {
  private final Console screen;
  private final LongSupplier nanoTime;

  /** How long each task of a round took, in the last round that it ran in. */
  private final List<Double> seconds = new ArrayList<>();

  private Bench.Position position;
  private String name;
  private String last = "";
  private long begunAt;

  public BenchProgress(Console screen) {
    this(screen, System::nanoTime);
  }

  BenchProgress(Console screen, LongSupplier nanoTime) {
    this.screen = screen;
    this.nanoTime = nanoTime;
  }

  @Override
  public void begun(Bench.Position newPosition, String newName) {
    position = newPosition;
    name = newName;
    begunAt = nanoTime.getAsLong();
    if (!screen.quiet() && screen.terminal().interactive()) {
      List<String> figures = new ArrayList<>(timing(position.task()));
      figures.add(name);
      figures.add(last);
      String line =
          ProgressLine.rendered(
              round(), fraction(position.task()), figures, screen.terminal().remeasured());
      screen.showLine(line);
    }
  }

  @Override
  public void ended(String speed) {
    double taken = (nanoTime.getAsLong() - begunAt) / 1e9;
    if (seconds.size() <= position.task()) {
      seconds.add(taken);
    } else {
      seconds.set(position.task(), taken);
    }
    last = "(%s: %s)".formatted(name, speed);
    if (!screen.terminal().interactive()) {
      screen.note(
          "%s  %s  %s: %s"
              .formatted(round(), String.join("  ", timing(position.task() + 1)), name, speed));
    }
  }

  /** Takes the line off the terminal. */
  @Override
  public void close() {
    screen.erase();
  }

  private String round() {
    return "round %d/%d".formatted(position.round() + 1, position.rounds());
  }

  /** Of all rounds, with so many tasks of this one done. */
  private double fraction(int done) {
    return (position.round() * position.tasks() + done)
        / (double) (position.rounds() * position.tasks());
  }

  /** The share that is done, and the time left once a task's time is known. */
  private List<String> timing(int done) {
    String percent = ProgressLine.percent(fraction(done));
    return seconds.isEmpty()
        ? List.of(percent)
        : List.of(percent, ProgressLine.left(Duration.ofSeconds(Math.round(left(done)))));
  }

  /** Tasks that were not run yet are taken to last as long as the others do on average. */
  private double left(int done) {
    double mean = seconds.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double left = 0;
    for (int task = 0; task < position.tasks(); task++) {
      int runs = position.rounds() - position.round() - (task < done ? 1 : 0);
      left += runs * (task < seconds.size() ? seconds.get(task) : mean);
    }
    return left;
  }
}
