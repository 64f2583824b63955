package dev.wta.models.optimizer;

import dev.wta.api.NamedCall;
import java.util.List;
import java.util.function.Supplier;

/** The optimisers and schedules of this jar. */
public final class BuiltinTraining implements TrainingProvider {
  @Override
  public List<OptimizerFamily> optimizers() {
    return List.of(
        new OptimizerFamily("adam", "adam", (call, rate) -> bare(call, () -> Adam.rate(rate))),
        new OptimizerFamily("sgd", "sgd", (call, rate) -> bare(call, () -> Sgd.rate(rate))));
  }

  @Override
  public List<ScheduleFamily> schedules() {
    return List.of(
        schedule("constant", Schedule.Constant::new),
        schedule("step", Schedule.Step::new),
        schedule("linear", Schedule.Linear::new),
        schedule("cosine", Schedule.Cosine::new),
        schedule("plateau", Schedule.Plateau::new),
        new ScheduleFamily(
            "inverse", "inverse(5e-6)", call -> new Schedule.Inverse(call.number())));
  }

  private static ScheduleFamily schedule(String name, Supplier<Schedule> made) {
    return new ScheduleFamily(name, name, call -> bare(call, made));
  }

  private static <T> T bare(NamedCall call, Supplier<T> made) {
    call.numbers(0);
    return made.get();
  }
}
