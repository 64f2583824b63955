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

  /** For logs: no bar. {@code epoch 3/50 42 % 21,600 samples/s loss 12.3 1:23 left}. */
  public static String plain(Progress progress) {
    return "%s  %s".formatted(epoch(progress), String.join("  ", figures(progress)));
  }

  /**
   * For a terminal: a line that fits its width, with a bar if at least {@value #SHORTEST_BAR}
   * characters are left for one, and with fewer figures if there is no room for all.
   */
  public static String rendered(Progress progress, Terminal terminal) {
    return rendered(epoch(progress), progress.fraction(), figures(progress), terminal);
  }

  /**
   * The same for work other than training.
   *
   * @param head what is at work
   * @param fraction of the whole that is done, 0 to 1
   * @param details further figures, the most important ones first
   */
  public static String rendered(
      String head, double fraction, List<String> details, Terminal terminal) {
    int widest = terminal.columns() - 1; // a full line would wrap on some terminals
    String text = String.join("  ", details);
    int room = widest - head.length() - text.length() - 4;
    if (room >= SHORTEST_BAR) {
      String bar = bar(fraction, Math.min(room, LONGEST_BAR), terminal);
      return "%s  %s  %s".formatted(head, bar, text);
    }
    List<String> figures = new ArrayList<>(details);
    figures.addFirst(head);
    while (figures.size() > 1 && String.join("  ", figures).length() > widest) {
      figures.removeLast();
    }
    String shortened = String.join("  ", figures);
    return shortened.substring(0, Math.clamp(widest, 0, shortened.length()));
  }

  /** Hours only where there are some: {@code 1:02:03}, {@code 2:03}. */
  public static String clock(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds >= 3600
        ? "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60)
        : "%d:%02d".formatted(seconds / 60, seconds % 60);
  }

  /** {@code " 42 %"}. */
  public static String percent(double fraction) {
    return String.format(Locale.ROOT, "%3.0f %%", Math.floor(100 * fraction));
  }

  /** {@code 1:23 left}. */
  public static String left(Duration duration) {
    return clock(duration) + " left";
  }

  private static String epoch(Progress progress) {
    return "%sepoch %d/%d".formatted(progress.part(), progress.epoch(), progress.epochs());
  }

  /** The most important ones first. */
  private static List<String> figures(Progress progress) {
    List<String> figures = new ArrayList<>();
    if (!Double.isNaN(progress.fraction())) { // a stream may be endless
      figures.add(percent(progress.fraction()));
      figures.add(left(progress.left()));
    }
    if (!Double.isNaN(progress.loss())) { // known from the first logging interval on
      figures.add(String.format(Locale.ROOT, "loss %.4g", progress.loss()));
    }
    if (!Double.isNaN(progress.validation())) {
      figures.add(String.format(Locale.ROOT, "validation %.2f %%", 100 * progress.validation()));
    }
    figures.add(String.format(Locale.ROOT, "%,.0f samples/s", progress.rate()));
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
