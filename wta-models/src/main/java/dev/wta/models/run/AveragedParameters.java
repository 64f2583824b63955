package dev.wta.models.run;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.autodiff.Parameter;

/**
 * Exponential moving averages of a model's parameters over its steps, as Adam corrects its means
 * (Kingma and Ba 2015, section 3): of the parameters {@code p_1} to {@code p_t} after each step,
 *
 * <pre>{@code
 * a_t = (sum over s of decay^(t - s) p_s) / (sum over s of decay^(t - s))
 *     = a_(t-1) + w (p_t - a_(t-1)),  w = (1 - decay) / (1 - decay^t)
 * }</pre>
 *
 * <p>So the average begins as the first step's parameters, whatever they were before. Rows of
 * bounded length keep their bound. What a model's step changes itself, such as a running threshold
 * or counts of dead latents ({@link Parameter#state}), is not averaged but the newest. Where a best
 * epoch's parameters are published, the averages are in {@code trainer.safetensors} as {@code
 * average.NAME}.
 */
public final class AveragedParameters extends ParameterCopy {
  /** What the averages' names begin with where a checkpoint's model file has something else. */
  static final String AVERAGE = "average.";

  private final Model model;
  private final double decay;

  /**
   * The average before the first step, which is the parameters as they are.
   *
   * @param decay from 0 to below 1: 1 / (1 - decay) steps have most of the weight
   */
  public AveragedParameters(Model model, double decay) {
    super(model);
    this.model = model;
    this.decay = decay;
    take();
  }

  /**
   * Takes the parameters after a step into the average.
   *
   * @param step the number of the step, from 1
   */
  public void add(long step) {
    float weight = (float) ((1 - decay) / (1 - Math.pow(decay, (double) step)));
    Backend backend = model.backend();
    for (Parameter parameter : model.parameters()) {
      Tensor newest = parameter.value();
      Tensor average = copies().get(parameter.name());
      if (weight == 1 || !parameter.learnt()) {
        backend.memory().copy(newest, average);
        continue;
      }
      backend.dense().affine(1 - weight, average, 0, average);
      backend.dense().axpy(weight, newest, average);
      parameter
          .rowBound()
          .ifPresent(kept -> backend.update().normaliseRows(average, kept.norm(), kept.bound()));
    }
  }

  /** Lets something use the averages as the model's parameters, which get their own back. */
  public void use(Runnable user) {
    exchange();
    try {
      user.run();
    } finally {
      exchange();
    }
  }

  private void exchange() {
    Backend backend = model.backend();
    for (Parameter parameter : model.parameters()) {
      Tensor average = copies().get(parameter.name());
      try (Tensor kept = backend.memory().allocate(average.shape())) {
        backend.memory().copy(average, kept);
        backend.memory().copy(parameter.value(), average);
        backend.memory().copy(kept, parameter.value());
      }
    }
  }
}
