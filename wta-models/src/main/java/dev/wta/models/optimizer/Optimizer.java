package dev.wta.models.optimizer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import java.util.List;
import java.util.Map;

/**
 * How a gradient moves a parameter: the hyper-parameters of an optimiser. Its state is {@link
 * OptimizerState}.
 */
public interface Optimizer {

  /** The learning rate that a schedule scales. */
  double rate();

  /**
   * The names of the tensors of the parameter's shape that it remembers for each parameter, such as
   * {@code m, v}.
   */
  List<String> moments();

  /**
   * Moves one parameter.
   *
   * @param moments in the order of {@link #moments()}; zeros before the first step
   * @param rate this step's learning rate
   * @param step the number of this step, from 1
   */
  void step(
      Update update,
      Parameter parameter,
      List<Tensor> moments,
      Gradient gradient,
      double rate,
      long step);

  /**
   * This optimiser with its unset parameters taken from training settings: the trainer asks with
   * those of the model's family.
   *
   * @param settings values by key, such as {@code epsilon}
   */
  default Optimizer completedBy(Map<String, ?> settings) {
    return this;
  }

  /**
   * The training settings that it came from: {@code optimizer, rate, ...}. The first is the text
   * that an {@link OptimizerFamily} reads, so that a run with it can be resumed.
   */
  Map<String, Object> describe();
}
