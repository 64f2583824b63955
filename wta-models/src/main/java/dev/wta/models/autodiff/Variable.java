package dev.wta.models.autodiff;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of a forward pass and the gradient of the loss with respect to it. The gradient of a
 * weight matrix may arrive in factors, and then stays so until the optimiser reads it.
 */
public final class Variable {
  private final Tensor value;
  private final boolean needsGradient;
  private final List<Gradient.Term> terms;
  private Tensor dense;
  private boolean denseIsOwn;
  private final Tape tape;

  /** A variable whose gradient {@code tape} collects. */
  Variable(Tensor value, boolean needsGradient, Tape tape) {
    this.value = value;
    this.needsGradient = needsGradient;
    this.tape = tape;
    this.terms = needsGradient ? new ArrayList<>(2) : List.of();
  }

  public Tensor value() {
    return value;
  }

  public Shape shape() {
    return value.shape();
  }

  /**
   * Whether the loss's gradient with respect to this is wanted: false for the data and whatever
   * depends on it alone.
   */
  public boolean needsGradient() {
    return needsGradient;
  }

  /**
   * Adds a contribution to the gradient.
   *
   * @param contribution of the value's size; a temporary that nothing modifies before the tape's
   *     next reset
   */
  public void addGradient(Tensor contribution) {
    requireWanted();
    if (contribution.size() != value.size()) {
      throw new IllegalArgumentException(
          "a gradient of shape %s for a variable of shape %s"
              .formatted(contribution.shape(), value.shape()));
    }
    Dense operations = tape.backend().dense();
    if (dense == null) {
      dense = contribution;
    } else if (denseIsOwn) {
      operations.axpy(1, contribution, dense);
    } else {
      Tensor sum = tape.temporary(value.shape());
      operations.zip(Dense.Binary.ADD, dense, contribution, sum);
      dense = sum;
      denseIsOwn = true;
    }
  }

  /** Adds a contribution to the gradient that stays in factors: winners times a dense batch. */
  public void addTerm(Gradient.Term term) {
    requireWanted();
    terms.add(term);
  }

  /**
   * The gradient, after {@link Tape#backward}: in factors where it arrived so. Where a dense and a
   * factored gradient meet, factors are materialised. Empty where none arrived.
   */
  public Optional<Gradient> gradient() {
    if (terms.isEmpty()) {
      return dense == null ? Optional.empty() : Optional.of(Gradient.dense(dense));
    }
    return Optional.of(
        dense == null ? new Gradient.Factored(terms) : Gradient.dense(materialised()));
  }

  /**
   * The gradient of the value's shape, materialised if it arrived in factors; null where none
   * arrived.
   */
  Tensor denseGradient() {
    return terms.isEmpty() ? dense : materialised();
  }

  private Tensor materialised() {
    Backend backend = tape.backend();
    Memory memory = backend.memory();
    Tensor sum = tape.temporary(value.shape());
    if (dense != null) {
      memory.copy(dense, sum);
    }
    backend.sparse().materialise(new Gradient.Factored(terms), dense == null ? 0 : 1, sum);
    terms.clear();
    dense = sum;
    denseIsOwn = true;
    return sum;
  }

  private void requireWanted() {
    if (!needsGradient) {
      throw new IllegalStateException(
          "a gradient for a variable of shape %s that needs none".formatted(shape()));
    }
  }
}
