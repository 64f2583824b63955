package dev.wta.models.competition;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/**
 * BatchTopK (Bussmann et al. 2024): a batch of n samples keeps its {@code n * k} largest
 * activations, wherever they are.
 */
public record BatchTopK(int k) implements Competition {
  public BatchTopK {
    if (k < 1) {
      throw new IllegalArgumentException(
          "BatchTopK keeps at least one activation a sample, not " + k);
    }
  }

  /**
   * @throws WtaException if a sample has fewer than {@code k} activations
   */
  @Override
  public Optional<SelectionRule> rule(Shape code) {
    requireAtMost(k, code);
    long kept = Math.max(1, (long) k * code.rows());
    return Optional.of(new SelectionRule.Global(IntSize.of(kept, "winners of the code", code)));
  }

  @Override
  public String text() {
    return "batchtopk(" + k + ")";
  }
}
