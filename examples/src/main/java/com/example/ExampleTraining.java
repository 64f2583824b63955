package com.example;

import dev.wta.data.preprocessing.PreprocessingProvider;
import dev.wta.models.optimizer.OptimizerFamily;
import dev.wta.models.optimizer.ScheduleFamily;
import dev.wta.models.optimizer.TrainingProvider;
import java.util.List;

/** Named in two files of META-INF/services, of the interfaces that it implements. */
public final class ExampleTraining implements TrainingProvider, PreprocessingProvider {
  @Override
  public List<OptimizerFamily> optimizers() {
    return List.of(Swats.FAMILY);
  }

  @Override
  public List<ScheduleFamily> schedules() {
    return List.of(Restarts.FAMILY);
  }

  @Override
  public List<PreprocessingProvider.Family> families() {
    return List.of(LogScale.FAMILY);
  }
}
