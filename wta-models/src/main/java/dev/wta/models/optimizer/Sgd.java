package dev.wta.models.optimizer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Stochastic gradient descent with momentum, see {@link Update#sgd}. What is empty is the model's
 * family's in a {@code Trainer}; outside one the momentum is 0.9, and there is no decay.
 *
 * @param decay L2 weight decay, not applied to biases
 */
public record Sgd(double rate, OptionalDouble momentum, OptionalDouble decay) implements Optimizer {

  /** With this learning rate; the rest is left open. */
  public static Sgd rate(double rate) {
    return new Sgd(rate, OptionalDouble.empty(), OptionalDouble.empty());
  }

  public Sgd momentum(double momentum) {
    return new Sgd(rate, OptionalDouble.of(momentum), decay);
  }

  public Sgd decay(double decay) {
    return new Sgd(rate, momentum, OptionalDouble.of(decay));
  }

  @Override
  public Sgd completedBy(Map<String, ?> settings) {
    return new Sgd(
        rate,
        OptimizerDefaults.orDefault(momentum, "momentum", settings),
        OptimizerDefaults.orDefault(decay, "decay", settings));
  }

  private double momentumInForce() {
    return momentum.orElse(0.9);
  }

  private double decayInForce() {
    return decay.orElse(0);
  }

  @Override
  public List<String> moments() {
    return List.of("velocity");
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
    update.sgd(
        parameter.value(),
        moments.getFirst(),
        gradient,
        new Update.SgdStep((float) rate, (float) momentumInForce(), appliedDecay, tangent));
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of(
        "optimizer", "sgd", "rate", rate, "momentum", momentumInForce(), "decay", decayInForce());
  }
}
