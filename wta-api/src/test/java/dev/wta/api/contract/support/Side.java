package dev.wta.api.contract.support;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/**
 * One of the runs of an operation. A check says the operation once, in terms of twins; each side
 * answers with its own tensors.
 */
public record Side(Kind kind, Backend backend) {

  /** Which run. */
  public enum Kind {
    TESTED,
    /** Another backend of the tested kind, with other threads: it must come to the same bits. */
    REPEATED,
    REFERENCE,
    /**
     * The reference with absolute values everywhere: a sum's result is then the sum of its terms'
     * magnitudes, which rounding errors are measured by.
     */
    MAGNITUDE
  }

  /** An operation, or several, on one side. */
  @FunctionalInterface
  public interface Operation {
    void on(Side side);
  }

  public Tensor of(Twin twin) {
    return twin.on(kind);
  }

  public Winners of(TwinWinners twin) {
    return twin.on(kind);
  }

  public Optional<Tensor> of(Optional<Twin> twin) {
    return twin.map(this::of);
  }

  public float of(float factor) {
    return kind == Kind.MAGNITUDE ? Math.abs(factor) : factor;
  }

  public Epilogue epilogue(Optional<Twin> bias, boolean relu) {
    return new Epilogue(of(bias), relu);
  }

  /** {@code rule} with this side's thresholds in it. */
  public SelectionRule above(Twin thresholds) {
    return new SelectionRule.Above(of(thresholds));
  }

  public Gradient.Term term(TwinTerm term) {
    return new Gradient.Term(
        of(term.winners()), of(term.coefficients()), of(term.batch()), term.window());
  }
}
