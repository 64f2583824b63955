package dev.wta.cli.terminal;

/** A number of things, for people. */
public final class Counted {
  private Counted() {}

  /**
   * {@code 1 epoch}, {@code 2,000 epochs}.
   *
   * @param one the noun in the singular, whose plural ends with an s
   */
  public static String of(long count, String one) {
    return "%,d %s%s".formatted(count, one, count == 1 ? "" : "s");
  }
}
