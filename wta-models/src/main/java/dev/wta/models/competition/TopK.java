package dev.wta.models.competition;

import dev.wta.api.WtaException;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/**
 * The k-sparse autoencoder's competition (Makhzani and Frey 2013), TopK (Gao et al. 2024): each
 * sample keeps its {@code k} largest activations.
 */
public record TopK(int k) implements Competition {
  public TopK {
    if (k < 1) {
      throw new IllegalArgumentException("TopK keeps at least one activation a sample, not " + k);
    }
  }

  /**
   * @throws WtaException if a sample has fewer than {@code k} activations
   */
  @Override
  public Optional<SelectionRule> rule(Shape code) {
    requireAtMost(k, code);
    return Optional.of(new SelectionRule.PerSample(k));
  }

  @Override
  public String text() {
    return "topk(" + k + ")";
  }
}
