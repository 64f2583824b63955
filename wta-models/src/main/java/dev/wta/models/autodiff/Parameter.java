package dev.wta.models.autodiff;

import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import java.util.Optional;

/**
 * A trainable tensor with its name in checkpoints, such as {@code encoder.0.weight}. The model that
 * made it closes it.
 */
public final class Parameter implements AutoCloseable {

  /**
   * A bound on the L2 norm of a weight matrix's rows, which the optimiser keeps.
   *
   * @param tangent whether the part of a row's gradient that is parallel to the row is taken out
   *     before the step
   * @param every after how many steps rows are brought within the bound again
   */
  public record RowBound(Update.RowNorm norm, float bound, boolean tangent, int every) {

    /** A bound that is kept after each step. */
    public RowBound(Update.RowNorm norm, float bound, boolean tangent) {
      this(norm, bound, tangent, 1);
    }
  }

  /** What moves it, and whether weight decay does, too. */
  private enum Kind {
    WEIGHT,
    BIAS,
    STATE
  }

  private final String name;
  private final Tensor value;
  private final Kind kind;
  private final Optional<RowBound> rowBound;
  private final double rateDivisor;

  private Parameter(
      String name, Tensor value, Kind kind, Optional<RowBound> rowBound, double rateDivisor) {
    this.name = name;
    this.value = value;
    this.kind = kind;
    this.rowBound = rowBound;
    this.rateDivisor = rateDivisor;
  }

  /** Weights: weight decay applies. */
  public static Parameter weight(String name, Tensor value) {
    return new Parameter(name, value, Kind.WEIGHT, Optional.empty(), 1);
  }

  /** A bias: weight decay does not apply. */
  public static Parameter bias(String name, Tensor value) {
    return new Parameter(name, value, Kind.BIAS, Optional.empty(), 1);
  }

  /**
   * What a model's training step changes itself, such as the state of a Markov chain: it is kept in
   * checkpoints like the others, and the optimiser leaves it alone.
   */
  public static Parameter state(String name, Tensor value) {
    return new Parameter(name, value, Kind.STATE, Optional.empty(), 1);
  }

  /** This parameter with its rows kept within a bound. */
  public Parameter bounded(RowBound bound) {
    return new Parameter(name, value, kind, Optional.of(bound), rateDivisor);
  }

  /** This parameter with its learning rate divided: one that a step uses many times learns less. */
  public Parameter slowed(double divisor) {
    return new Parameter(name, value, kind, rowBound, divisor);
  }

  /** The same parameter under another name. */
  public Parameter named(String other) {
    return new Parameter(other, value, kind, rowBound, rateDivisor);
  }

  public String name() {
    return name;
  }

  public Tensor value() {
    return value;
  }

  /** Whether weight decay applies. */
  public boolean decays() {
    return kind == Kind.WEIGHT;
  }

  /** Whether an optimiser moves it along its gradient. */
  public boolean learnt() {
    return kind != Kind.STATE;
  }

  public Optional<RowBound> rowBound() {
    return rowBound;
  }

  /** What the learning rate is divided by, mostly 1. */
  public double rateDivisor() {
    return rateDivisor;
  }

  @Override
  public void close() {
    value.close();
  }
}
