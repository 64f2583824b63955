package dev.wta.models.optimizer;

import dev.wta.api.Gradient;
import dev.wta.api.Tensor;
import dev.wta.api.Update;
import dev.wta.models.Parameter;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, see {@link Update#sgd}.
 *
 * @param decay L2 weight decay, not applied to biases
 */
public record Sgd(double rate, double momentum, double decay) implements Optimizer {

  /** Momentum 0.9 and no decay. */
  public static Sgd rate(double rate) {
    return new Sgd(rate, 0.9, 0);
  }

  public Sgd momentum(double momentum) {
    return new Sgd(rate, momentum, decay);
  }

  public Sgd decay(double decay) {
    return new Sgd(rate, momentum, decay);
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
    float appliedDecay = parameter.decays() ? (float) decay : 0;
    boolean tangent = parameter.rowBound().map(Parameter.RowBound::tangent).orElse(false);
    update.sgd(
        parameter.value(),
        moments.getFirst(),
        gradient,
        new Update.SgdStep((float) rate, (float) momentum, appliedDecay, tangent));
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("optimizer", "sgd", "rate", rate, "momentum", momentum, "decay", decay);
  }
}
