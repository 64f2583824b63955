package dev.wta.models.autodiff;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The scalar that training minimises: a weighted sum of terms, each a single number on the device.
 * The weights are the host's, so a loss is scaled and summed without work for the device, and
 * nobody waits for its value.
 */
public final class Loss {

  /** A term of a loss, such as the squared error of a batch. */
  public interface Term {
    /** The term's value: a single number. */
    Tensor value();

    /**
     * Adds to the gradients of what the term was computed from.
     *
     * @param weight the loss's derivative with respect to this term
     */
    void backward(float weight, Tape tape);
  }

  private record Weighted(Term term, double weight) {}

  private final Backend backend;
  private final List<Weighted> terms;

  private Loss(Backend backend, List<Weighted> terms) {
    this.backend = backend;
    this.terms = terms;
  }

  /** {@code weight * term}. */
  public static Loss of(Backend backend, Term term, double weight) {
    return new Loss(backend, List.of(new Weighted(term, weight)));
  }

  /** {@code factor *} this. */
  public Loss times(double factor) {
    List<Weighted> scaled = new ArrayList<>(terms.size());
    for (Weighted weighted : terms) {
      scaled.add(new Weighted(weighted.term, weighted.weight * factor));
    }
    return new Loss(backend, scaled);
  }

  /** This and {@code other}. */
  public Loss plus(Loss other) {
    List<Weighted> both = new ArrayList<>(terms.size() + other.terms.size());
    both.addAll(terms);
    both.addAll(other.terms);
    return new Loss(backend, both);
  }

  /** Writes the value to {@code out}, a single number, without waiting for the device. */
  public void writeTo(Tensor out) {
    backend.memory().fill(out, 0);
    for (Weighted weighted : terms) {
      backend.dense().axpy((float) weighted.weight, weighted.term.value(), out);
    }
  }

  /** The value. Waits for the device. */
  public double value() {
    Memory memory = backend.memory();
    double sum = 0;
    for (Weighted weighted : terms) {
      sum += weighted.weight * memory.download(weighted.term.value())[0];
    }
    return sum;
  }

  void backward(Tape tape) {
    for (Weighted weighted : terms) {
      weighted.term.backward((float) weighted.weight, tape);
    }
  }

  /** The shape of a term's value. */
  public static final Shape SCALAR = Shape.of(1);
}
