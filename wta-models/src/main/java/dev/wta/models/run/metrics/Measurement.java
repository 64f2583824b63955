package dev.wta.models.run.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

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
 * @param metrics the model's own numbers, of the interval's last batch
 */
public record Measurement(
    long step,
    int epoch,
    double loss,
    OptionalDouble winnersPerSample,
    double samplesPerSecond,
    double rate,
    Map<String, Double> metrics) {

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
