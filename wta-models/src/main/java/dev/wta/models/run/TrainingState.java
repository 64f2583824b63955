package dev.wta.models.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The progress of a training: {@code state.json} without the checkpoint's own bookkeeping. Random
 * numbers are functions of the seed and of this position, so no generator's state is kept.
 *
 * @param step the steps done
 * @param epoch the epoch that the next sample belongs to, from 0
 * @param samples the samples of that epoch that are done
 * @param intervalLoss the losses of the logging interval that is open, times their samples
 * @param intervalSamples the samples of the logging interval that is open
 * @param epochs what a schedule that watches the loss goes by
 * @param best the best epoch so far, where samples are held out to choose it by; empty before the
 *     first that was measured
 */
public record TrainingState(
    long step,
    int epoch,
    int samples,
    double intervalLoss,
    long intervalSamples,
    EpochLosses epochs,
    Optional<BestEpoch> best) {

  /** Before the first step. */
  public static final TrainingState START =
      new TrainingState(0, 0, 0, 0, 0, EpochLosses.NONE, Optional.empty());

  /** As JSON has it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("step", step);
    map.put("epoch", epoch);
    map.put("samples", samples);
    map.put("intervalLoss", intervalLoss);
    map.put("intervalSamples", intervalSamples);
    map.putAll(epochs.toMap());
    best.ifPresent(epoch -> map.putAll(epoch.toMap()));
    return map;
  }

  /**
   * Reads what {@link #toMap} wrote; throws {@link IllegalArgumentException} if something is
   * missing, a count is negative or a loss not finite.
   */
  public static TrainingState of(Map<String, Object> map) {
    return new TrainingState(
        count(map, "step", Long.MAX_VALUE),
        (int) count(map, "epoch", Integer.MAX_VALUE),
        (int) count(map, "samples", Integer.MAX_VALUE),
        real(map, "intervalLoss"),
        count(map, "intervalSamples", Long.MAX_VALUE),
        EpochLosses.of(map),
        BestEpoch.of(map));
  }

  private static long count(Map<String, Object> map, String key, long most) {
    Number number = number(map, key);
    if (!(number instanceof Integer || number instanceof Long)
        || number.longValue() < 0
        || number.longValue() > most) {
      throw new IllegalArgumentException("its '%s' is %s".formatted(key, number));
    }
    return number.longValue();
  }

  private static double real(Map<String, Object> map, String key) {
    double number = number(map, key).doubleValue();
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("its '%s' is %s".formatted(key, number));
    }
    return number;
  }

  private static Number number(Map<String, Object> map, String key) {
    if (map.get(key) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException("it has no number '" + key + "'");
  }
}
