package dev.wta.models.optimizer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Adam (Kingma and Ba 2015), see {@link Update#adam}. What is empty is the model's family's in a
 * {@code Trainer}, and the paper's (0.9, 0.999, 1e-8; no decay) outside one.
 *
 * @param decay decoupled weight decay, not applied to biases
 */
public record Adam(
    double rate,
    OptionalDouble beta1,
    OptionalDouble beta2,
    OptionalDouble epsilon,
    OptionalDouble decay)
    implements Optimizer {

  /** With this learning rate; the rest is left open. */
  public static Adam rate(double rate) {
    OptionalDouble unsaid = OptionalDouble.empty();
    return new Adam(rate, unsaid, unsaid, unsaid, unsaid);
  }

  public Adam betas(double beta1, double beta2) {
    return new Adam(rate, OptionalDouble.of(beta1), OptionalDouble.of(beta2), epsilon, decay);
  }

  public Adam epsilon(double epsilon) {
    return new Adam(rate, beta1, beta2, OptionalDouble.of(epsilon), decay);
  }

  public Adam decay(double decay) {
    return new Adam(rate, beta1, beta2, epsilon, OptionalDouble.of(decay));
  }

  @Override
  public Adam completedBy(Map<String, ?> settings) {
    return new Adam(
        rate,
        OptimizerDefaults.orDefault(beta1, "beta1", settings),
        OptimizerDefaults.orDefault(beta2, "beta2", settings),
        OptimizerDefaults.orDefault(epsilon, "epsilon", settings),
        OptimizerDefaults.orDefault(decay, "decay", settings));
  }

  private double beta1InForce() {
    return beta1.orElse(0.9);
  }

  private double beta2InForce() {
    return beta2.orElse(0.999);
  }

  private double epsilonInForce() {
    return epsilon.orElse(1e-8);
  }

  private double decayInForce() {
    return decay.orElse(0);
  }

  @Override
  public List<String> moments() {
    return List.of("m", "v");
  }

  @Override
  public void step(
      Update update,
      Parameter parameter,
      List<Tensor> moments,
      Gradient gradient,
      double rate,
      long step) {
    float appliedDecay = parameter.decays() ? (float) decayInForce() : 0;
    boolean tangent = parameter.rowBound().map(Parameter.RowBound::tangent).orElse(false);
    update.adam(
        parameter.value(),
        moments.getFirst(),
        moments.getLast(),
        gradient,
        new Update.AdamStep(
            (float) rate,
            (float) beta1InForce(),
            (float) beta2InForce(),
            (float) epsilonInForce(),
            appliedDecay,
            tangent,
            step));
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of(
        "optimizer",
        "adam",
        "rate",
        rate,
        "beta1",
        beta1InForce(),
        "beta2",
        beta2InForce(),
        "epsilon",
        epsilonInForce(),
        "decay",
        decayInForce());
  }
}
