package dev.wta.models.run.metrics;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The numbers of a logging interval: a line of {@code metrics.jsonl}.
 *
 * @param step the steps of the run done so far
 * @param epoch the epochs done
 * @param loss the loss of the interval's samples, averaged
 * @param winnersPerSample the winners of a sample (L0), averaged over the interval's last batch;
 *     empty without a competition
 * @param samplesPerSecond samples trained on a second; {@code imagesPerSecond} in {@code
 *     metrics.jsonl}, whatever the data
 * @param rate the learning rate of the last step
 * @param metrics the model's own numbers, of the interval's last batch, and those of listeners
 */
public record Measurement(
    long step,
    int epoch,
    double loss,
    OptionalDouble winnersPerSample,
    double samplesPerSecond,
    double rate,
    Map<String, Double> metrics) {

  /** Names of other lines of {@code metrics.jsonl}, and of numbers that not every line has. */
  private static final Set<String> TAKEN = Set.of("winnersPerSample", "validationError");

  /**
   * This measurement with more numbers.
   *
   * @throws IllegalArgumentException if one has a name that is taken
   */
  public Measurement with(Map<String, Double> more) {
    Set<String> taken = new HashSet<>(toMap().keySet());
    taken.addAll(TAKEN);
    taken.addAll(metrics.keySet());
    for (String name : more.keySet()) {
      if (taken.contains(name)) {
        throw new IllegalArgumentException(
            "'%s' is logged already: give this metric another name".formatted(name));
      }
    }
    Map<String, Double> all = new LinkedHashMap<>(metrics);
    all.putAll(more);
    return new Measurement(step, epoch, loss, winnersPerSample, samplesPerSecond, rate, all);
  }

  /**
   * As a line of {@code metrics.jsonl} has it; what is not a finite number is left out, since JSON
   * has none.
   */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("step", step);
    map.put("epoch", epoch);
    map.put("loss", loss);
    winnersPerSample.ifPresent(winners -> map.put("winnersPerSample", winners));
    map.put("imagesPerSecond", samplesPerSecond);
    map.put("rate", rate);
    map.putAll(metrics);
    map.values().removeIf(value -> value instanceof Double number && !Double.isFinite(number));
    return map;
  }
}
