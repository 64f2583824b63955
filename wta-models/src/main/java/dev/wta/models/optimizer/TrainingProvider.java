package dev.wta.models.optimizer;

import java.util.List;

/**
 * The optimisers and schedules that a jar adds; named in {@code
 * META-INF/services/dev.wta.models.optimizer.TrainingProvider}, one line a jar. A run that was
 * trained with one resumes wherever the jar is on the class path.
 */
public interface TrainingProvider {
  /** None, unless a jar has some. */
  default List<OptimizerFamily> optimizers() {
    return List.of();
  }

  /** None, unless a jar has some. */
  default List<ScheduleFamily> schedules() {
    return List.of();
  }
}
