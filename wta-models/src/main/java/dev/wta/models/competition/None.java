package dev.wta.models.competition;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/** No competition: every activation survives, as in a plain autoencoder. */
public record None() implements Competition {

  @Override
  public Optional<SelectionRule> rule(Shape code) {
    return Optional.empty();
  }

  @Override
  public String text() {
    return "none";
  }
}
