package dev.wta.models.competition;

import dev.wta.api.Arguments;
import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.WtaException;
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
  public Optional<Rule> rule(Shape code) {
    Arguments.requireAtMost(k, code, this);
    return Optional.of(new Rule.PerRow(k));
  }

  @Override
  public String text() {
    return "topk(" + k + ")";
  }
}
