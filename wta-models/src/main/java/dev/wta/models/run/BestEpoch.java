package dev.wta.models.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The epoch with the lowest validation error so far.
 *
 * @param error after it: of a classifier the misclassified part of the samples held out, of other
 *     models the part of their variance that reconstructions leave unexplained
 * @param epoch how many epochs were done then
 */
public record BestEpoch(double error, int epoch) {

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bestError", error);
    map.put("bestEpoch", epoch);
    return map;
  }

  /** Reads what {@link #toMap} wrote; empty if it is not there. */
  static Optional<BestEpoch> of(Map<String, Object> map) {
    return map.get("bestError") instanceof Number error
            && map.get("bestEpoch") instanceof Number epoch
        ? Optional.of(new BestEpoch(error.doubleValue(), epoch.intValue()))
        : Optional.empty();
  }
}
