package com.example;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerFamily;
import dev.wta.models.optimizer.Sgd;
import java.util.List;
import java.util.Map;

/**
 * Adam for the first steps, then SGD, after Keskar and Socher 2017: {@code swats(1000)}.
 *
 * @param steps that Adam does
 * @param before in its place from the first step on
 * @param after from then on
 */
public record Swats(int steps, Adam before, Sgd after) implements Optimizer {
  /** Reads {@code swats(...)} from a configuration. */
  public static final OptimizerFamily FAMILY =
      new OptimizerFamily(
          "swats",
          "swats(1000)",
          (call, rate) -> new Swats(call.wholeNumber(), Adam.rate(rate), Sgd.rate(rate)));

  @Override
  public double rate() {
    return before.rate();
  }

  @Override
  public List<String> moments() {
    return List.of("m", "v", "velocity");
  }

  @Override
  public void step(
      Update update,
      Parameter parameter,
      List<Tensor> moments,
      Gradient gradient,
      double rate,
      long step) {
    if (step <= steps) {
      before.step(update, parameter, moments.subList(0, 2), gradient, rate, step);
    } else {
      after.step(update, parameter, moments.subList(2, 3), gradient, rate, step);
    }
  }

  @Override
  public Swats completedBy(Map<String, ?> settings) {
    return new Swats(steps, before.completedBy(settings), after.completedBy(settings));
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("optimizer", "swats(" + steps + ")", "rate", rate());
  }
}
