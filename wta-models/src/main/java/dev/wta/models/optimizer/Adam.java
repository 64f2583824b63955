package dev.wta.models.optimizer;

import dev.wta.api.Gradient;
import dev.wta.api.Tensor;
import dev.wta.api.Update;
import dev.wta.models.Parameter;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015), see {@link Update#adam}.
 *
 * @param decay decoupled weight decay, not applied to biases
 */
public record Adam(double rate, double beta1, double beta2, double epsilon, double decay)
    implements Optimizer {

  /** The paper's constants (0.9, 0.999, 1e-8) and no decay. */
  public static Adam rate(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8, 0);
  }

  public Adam betas(double beta1, double beta2) {
    return new Adam(rate, beta1, beta2, epsilon, decay);
  }

  public Adam epsilon(double epsilon) {
    return new Adam(rate, beta1, beta2, epsilon, decay);
  }

  public Adam decay(double decay) {
    return new Adam(rate, beta1, beta2, epsilon, decay);
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
    float appliedDecay = parameter.decays() ? (float) decay : 0;
    boolean tangent = parameter.rowBound().map(Parameter.RowBound::tangent).orElse(false);
    update.adam(
        parameter.value(),
        moments.getFirst(),
        moments.getLast(),
        gradient,
        new Update.AdamStep(
            (float) rate,
            (float) beta1,
            (float) beta2,
            (float) epsilon,
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
        beta1,
        "beta2",
        beta2,
        "epsilon",
        epsilon,
        "decay",
        decay);
  }
}
