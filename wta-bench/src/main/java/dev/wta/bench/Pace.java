package dev.wta.bench;

/**
 * How long each process warms up and measures, ours and peers' alike.
 *
 * @param warmUp seconds that are not counted
 * @param measuring seconds that are
 */
record Pace(double warmUp, double measuring) {
  /** Sets how long each process warms up and measures; for whoever tests the bench itself. */
  static final String PROPERTY = "wta.bench.seconds";

  static final Pace USUAL = new Pace(2, 2.5);
  static final Pace QUICK = new Pace(1, 0.5);

  /** One call, which nothing has warmed up. */
  static final Pace ONE_CALL = new Pace(0, 0);

  static Pace chosen(boolean quick) {
    String seconds = System.getProperty(PROPERTY);
    if (seconds != null) {
      return new Pace(Double.parseDouble(seconds), Double.parseDouble(seconds));
    }
    return quick ? QUICK : USUAL;
  }
}
