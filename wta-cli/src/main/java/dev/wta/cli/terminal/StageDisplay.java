package dev.wta.cli.terminal;

import dev.wta.api.ProgressListener;
import dev.wta.api.VisibleText;
import dev.wta.models.training.TrainingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far work other than training is, such as encoding or fitting a probe, with its rate and
 * the time left: one line that is rewritten on a terminal; elsewhere a line every ten seconds,
 * whatever stage that finds.
 */
public final class StageDisplay implements ProgressListener, AutoCloseable {
  private static final Duration DRAWN_EVERY = Duration.ofMillis(100);
  private static final Duration PRINTED_EVERY = Duration.ofSeconds(10);
  private static final double SETTLED_SECONDS = 0.5; // a rate of less is a guess

  /** Fewer are steps or percents, of which the fraction says all. */
  private static final long LEAST_SAMPLES = 1000;

  private final Console screen;
  private final LongSupplier nanoTime;
  private final long every;

  private String stage = "";
  private long stageBegan;
  private long begunWith;
  private long doneLast;
  private long shownAt;

  public StageDisplay(Console screen) {
    this(screen, System::nanoTime);
  }

  StageDisplay(Console screen, LongSupplier nanoTime) {
    this.screen = screen;
    this.nanoTime = nanoTime;
    this.every = (screen.terminal().interactive() ? DRAWN_EVERY : PRINTED_EVERY).toNanos();
    this.shownAt = nanoTime.getAsLong();
  }

  @Override
  public void progressed(String at, long done, long total) {
    long now = nanoTime.getAsLong();
    if (!at.equals(stage) || done < doneLast) {
      stage = at;
      stageBegan = now;
      begunWith = done;
      shownAt = screen.terminal().interactive() ? now - every : shownAt;
    }
    doneLast = done;
    if (screen.quiet() || now - shownAt < every) {
      return;
    }
    shownAt = now;
    double fraction = done / (double) total;
    List<String> figures = new ArrayList<>(List.of(ProgressLine.percent(fraction)));
    double seconds = (now - stageBegan) / 1e9;
    if (done > begunWith && seconds >= SETTLED_SECONDS) {
      double rate = (done - begunWith) / seconds;
      figures.add(ProgressLine.left(Duration.ofMillis((long) (1000 * (total - done) / rate))));
      if (total >= LEAST_SAMPLES) {
        figures.add(String.format(Locale.ROOT, rate < 10 ? "%.1f/s" : "%,.0f/s", rate));
      }
    }
    screen.progress(VisibleText.line(at), fraction, figures);
  }

  /** Shows the preparations of a training, and nothing else of it. */
  public TrainingListener ofPreparations() {
    return new TrainingListener() {
      @Override
      public void preparing(String at, long done, long total) {
        progressed(at, done, total);
      }
    };
  }

  @Override
  public void noted(String note) {
    screen.note(note);
  }

  /** Takes the line off the terminal. */
  @Override
  public void close() {
    screen.erase();
  }
}
