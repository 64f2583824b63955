package dev.wta.models;

import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.layer.Code;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * The result of a model's training step: the seam between a model and the trainer.
 *
 * @param loss what to minimise
 * @param winners the code's winners, for the trainer's watch over sparsity and NaN; empty where
 *     there was no competition
 * @param metrics further numbers to log, read only at the end of a logging interval, before the
 *     tape's next reset
 */
public record StepOutput(
    Loss loss, Optional<Winners> winners, Map<String, DoubleSupplier> metrics) {
  public StepOutput {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  public static StepOutput of(Loss loss) {
    return new StepOutput(loss, Optional.empty(), Map.of());
  }

  /** A loss, and the code that it was computed through. */
  public static StepOutput of(Loss loss, Code code) {
    return new StepOutput(
        loss,
        code instanceof Code.Sparse sparse ? Optional.of(sparse.winners()) : Optional.empty(),
        Map.of());
  }

  /** This output with one more number to log. Reading it may wait for the device. */
  public StepOutput with(String name, DoubleSupplier value) {
    Map<String, DoubleSupplier> more = new LinkedHashMap<>(metrics);
    more.put(name, value);
    return new StepOutput(loss, winners, more);
  }
}
