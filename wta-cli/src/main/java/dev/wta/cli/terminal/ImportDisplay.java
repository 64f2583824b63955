package dev.wta.cli.terminal;

import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportStage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far an import is: one line that is rewritten on a terminal, a line now and then
 * elsewhere; and names the images that are left out.
 */
public final class ImportDisplay implements ImportListener, AutoCloseable {
  private static final Duration DRAWN_EVERY = Duration.ofMillis(100);
  private static final Duration PRINTED_EVERY = Duration.ofSeconds(10);

  private final Console screen;
  private final LongSupplier nanoTime;
  private final long every;

  private ImportStage stage;
  private long stageBegan;
  private long shownAt;

  public ImportDisplay(Console screen) {
    this(screen, System::nanoTime);
  }

  ImportDisplay(Console screen, LongSupplier nanoTime) {
    this.screen = screen;
    this.nanoTime = nanoTime;
    this.every = (screen.terminal().interactive() ? DRAWN_EVERY : PRINTED_EVERY).toNanos();
    begin(null);
  }

  private void begin(ImportStage next) {
    stage = next;
    stageBegan = nanoTime.getAsLong();
    shownAt = stageBegan;
  }

  @Override
  public void progressed(ImportStage at, long done, long total) {
    if (at != stage) {
      begin(at);
    }
    long now = nanoTime.getAsLong();
    if (screen.quiet() || now - shownAt < every) {
      return;
    }
    shownAt = now;
    double rate = done / ((now - stageBegan) / 1e9);
    double fraction = done / (double) total;
    String head =
        switch (at) {
          case UNPACKING -> "unpacking";
          case COUNTING -> "counting";
          case IMPORTING -> "importing";
        };
    String speed =
        switch (at) {
          case UNPACKING, COUNTING -> String.format(Locale.ROOT, "%,.1f MB/s", rate / 1e6);
          case IMPORTING -> String.format(Locale.ROOT, "%,.0f samples/s", rate);
        };
    Duration left = Duration.ofMillis((long) (1000 * (total - done) / rate));
    screen.progress(
        head, fraction, List.of(ProgressLine.percent(fraction), ProgressLine.left(left), speed));
  }

  /** Shown with --quiet, too: it is a result of the import, not its progress. */
  @Override
  public void unreadable(String picture, String reason) {
    screen.print("left out %s: %s".formatted(picture, reason));
  }

  @Override
  public void note(String line) {
    screen.note(line);
  }

  /** Takes the line off the terminal. */
  @Override
  public void close() {
    screen.erase();
  }
}
