package dev.wta.models.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The losses of epochs, and the factor of the learning rate that the schedule {@code plateau}
 * derives from them.
 *
 * @param loss the losses of the open epoch, times their samples
 * @param samples the samples of the open epoch whose losses those are
 * @param before the mean loss of the epoch before; empty in the first one
 * @param rateFactor what the schedule has multiplied the learning rate by
 */
public record EpochLosses(double loss, long samples, OptionalDouble before, double rateFactor) {

  /** Before the first step. */
  public static final EpochLosses NONE = new EpochLosses(0, 0, OptionalDouble.empty(), 1);

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epochLoss", loss);
    map.put("epochSamples", samples);
    before.ifPresent(value -> map.put("lossBefore", value));
    map.put("rateFactor", rateFactor);
    return map;
  }

  /** Reads what {@link #toMap} wrote; what is not there stands as before the first step. */
  static EpochLosses of(Map<String, Object> map) {
    return new EpochLosses(
        number(map, "epochLoss", 0),
        (long) number(map, "epochSamples", 0),
        map.containsKey("lossBefore")
            ? OptionalDouble.of(number(map, "lossBefore", 0))
            : OptionalDouble.empty(),
        number(map, "rateFactor", 1));
  }

  private static double number(Map<String, Object> map, String key, double otherwise) {
    if (!map.containsKey(key)) {
      return otherwise;
    }
    if (map.get(key) instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("its '%s' is %s".formatted(key, map.get(key)));
  }
}
