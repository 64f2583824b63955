package dev.wta.bench.measure;

/**
 * How long each process warms up and measures, ours and peers' alike.
 *
 * @param warmUp seconds that are not counted
 * @param measuring seconds that are
 */
public record MeasurementTime(double warmUp, double measuring) {
  /** Sets how long each process warms up and measures; for whoever tests the bench itself. */
  static final String PROPERTY = "wta.bench.seconds";

  public static final MeasurementTime USUAL = new MeasurementTime(2, 2.5);
  public static final MeasurementTime QUICK = new MeasurementTime(1, 0.5);

  /** One call, which nothing has warmed up. */
  public static final MeasurementTime ONE_CALL = new MeasurementTime(0, 0);

  public static MeasurementTime chosen(boolean quick) {
    String seconds = System.getProperty(PROPERTY);
    if (seconds != null) {
      return new MeasurementTime(Double.parseDouble(seconds), Double.parseDouble(seconds));
    }
    return quick ? QUICK : USUAL;
  }

  /** The same with so many times the warm-up. */
  public MeasurementTime warmedUp(int times) {
    return new MeasurementTime(times * warmUp, measuring);
  }
}
