package dev.wta.cli.terminal;

import dev.wta.api.ProgressListener;
import dev.wta.api.VisibleText;

/**
 * Shows how far encoding or fitting a probe is: one line drawn over and over, on terminals only.
 */
public final class StageDisplay implements ProgressListener, AutoCloseable {
  private static final long DRAWN_EVERY = 100_000_000; // nanoseconds

  private final Console screen;
  private long drawnAt = System.nanoTime() - DRAWN_EVERY;

  public StageDisplay(Console screen) {
    this.screen = screen;
  }

  @Override
  public void progressed(String stage, long done, long total) {
    long now = System.nanoTime();
    if (!screen.terminal().interactive() || now - drawnAt < DRAWN_EVERY) {
      return;
    }
    int width = screen.terminal().remeasured().columns() - 1;
    String line = VisibleText.line("%s  %d %%".formatted(stage, 100 * done / total));
    screen.draw(line.substring(0, Math.min(width, line.length())));
    drawnAt = now;
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
