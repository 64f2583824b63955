package dev.wta.models.competition;

import dev.wta.api.WtaException;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/**
 * Spatial sparsity (Makhzani and Frey 2015, section 3): each feature map of each sample keeps its
 * largest activation. With lifetime sparsity among what it leaves, {@code spatial then
 * lifetime(0.05)}, it is CONV-WTA's competition.
 */
public record Spatial() implements Competition {

  /**
   * @throws WtaException if the code has no feature maps
   */
  @Override
  public Optional<SelectionRule> rule(Shape code) {
    if (code.rank() != 4) {
      throw new WtaException(
          "spatial sparsity is a competition within feature maps, and this model has none",
          "choose another competition, or a convolutional model");
    }
    return Optional.of(new SelectionRule.Spatial());
  }

  /** One activation of each map: {@code (samples, maps)}. */
  @Override
  public Shape survivors(Shape code) {
    return Shape.of(code.rows(), code.extent(1));
  }

  @Override
  public String text() {
    return "spatial";
  }
}
