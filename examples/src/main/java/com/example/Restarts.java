package com.example;

import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.ScheduleFamily;

/**
 * Half a cosine from 1 to 0, again and again (Loshchilov and Hutter 2017): {@code restarts(1000)}.
 *
 * @param steps from one start to the next
 */
public record Restarts(int steps) implements Schedule {
  /** Reads {@code restarts(...)} from a configuration. */
  public static final ScheduleFamily FAMILY =
      new ScheduleFamily("restarts", "restarts(1000)", call -> new Restarts(call.wholeNumber()));

  public Restarts {
    if (steps < 1) {
      throw new IllegalArgumentException("it takes 1 step or more, not " + steps);
    }
  }

  @Override
  public double factor(long step, long totalSteps) {
    return (1 + StrictMath.cos(Math.PI * (step % steps) / steps)) / 2;
  }

  @Override
  public String name() {
    return "restarts(" + steps + ")";
  }
}
