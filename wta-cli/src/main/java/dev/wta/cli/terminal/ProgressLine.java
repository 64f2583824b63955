package dev.wta.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Puts a {@link Progress} into one line of text, with a bar where a terminal leaves room for one.
 */
public final class ProgressLine {
  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 40;

  private ProgressLine() {}

  /** For logs: no bar. {@code epoch 3/50 42 % 21,600 images/s loss 12.3 1:23 left}. */
  public static String plain(Progress progress, String unit) {
    return "%s  %s".formatted(epoch(progress), String.join("  ", figures(progress, unit)));
  }

  /**
   * For a terminal: a line that fits its width, with a bar if at least {@value #SHORTEST_BAR}
   * characters are left for one, and with fewer figures if there is no room for all.
   */
  public static String drawn(Progress progress, String unit, Terminal terminal) {
    int widest = terminal.columns() - 1; // a full line would wrap on some terminals
    String epoch = epoch(progress);
    List<String> figures = new ArrayList<>(figures(progress, unit));
    String text = String.join("  ", figures);
    int room = widest - epoch.length() - text.length() - 4;
    if (room >= SHORTEST_BAR) {
      String bar = bar(progress.fraction(), Math.min(room, LONGEST_BAR), terminal);
      return "%s  %s  %s".formatted(epoch, bar, text);
    }
    figures.addFirst(epoch);
    while (figures.size() > 1 && String.join("  ", figures).length() > widest) {
      figures.removeLast();
    }
    text = String.join("  ", figures);
    return text.substring(0, Math.clamp(widest, 0, text.length()));
  }

  /** Hours only where there are some: {@code 1:02:03}, {@code 2:03}. */
  public static String clock(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds >= 3600
        ? "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60)
        : "%d:%02d".formatted(seconds / 60, seconds % 60);
  }

  private static String epoch(Progress progress) {
    return "epoch %d/%d".formatted(progress.epoch(), progress.epochs());
  }

  /** The most telling ones first. */
  private static List<String> figures(Progress progress, String unit) {
    List<String> figures = new ArrayList<>();
    figures.add(String.format(Locale.ROOT, "%3.0f %%", Math.floor(100 * progress.fraction())));
    figures.add(clock(progress.left()) + " left");
    if (!Double.isNaN(progress.loss())) { // known from the first logging interval on
      figures.add(String.format(Locale.ROOT, "loss %.4g", progress.loss()));
    }
    figures.add(String.format(Locale.ROOT, "%,.0f %s/s", progress.rate(), unit));
    return figures;
  }

  private static String bar(double fraction, int length, Terminal terminal) {
    int done = (int) Math.floor(Math.clamp(fraction, 0, 1) * length);
    String full = (terminal.unicode() ? "━" : "#").repeat(done);
    String empty = (terminal.unicode() ? "─" : "-").repeat(length - done);
    return terminal.colour()
        ? "\u001b[32m" + full + "\u001b[0m\u001b[2m" + empty + "\u001b[0m"
        : full + empty;
  }
}
