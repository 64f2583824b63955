package dev.wta.models;

import dev.wta.api.Tensor;
import dev.wta.api.Update;
import java.util.Optional;

/**
 * A trainable tensor with the name it has in the checkpoint, such as {@code encoder.0.weight}. The
 * model that made it closes it.
 */
public final class Parameter implements AutoCloseable {

  /**
   * A bound on the L2 norm of a weight matrix's rows, which the optimiser keeps after each step.
   *
   * @param tangent whether the part of a row's gradient that is parallel to the row is taken out
   *     before the step
   */
  public record RowBound(Update.RowNorm norm, float bound, boolean tangent) {}

  private final String name;
  private final Tensor value;
  private final boolean decays;
  private final Optional<RowBound> rowBound;

  private Parameter(String name, Tensor value, boolean decays, Optional<RowBound> rowBound) {
    this.name = name;
    this.value = value;
    this.decays = decays;
    this.rowBound = rowBound;
  }

  /** Weights: weight decay applies. */
  public static Parameter weight(String name, Tensor value) {
    return new Parameter(name, value, true, Optional.empty());
  }

  /** A bias: weight decay does not apply. */
  public static Parameter bias(String name, Tensor value) {
    return new Parameter(name, value, false, Optional.empty());
  }

  /** This parameter with its rows kept within a bound. */
  public Parameter bounded(RowBound bound) {
    return new Parameter(name, value, decays, Optional.of(bound));
  }

  public String name() {
    return name;
  }

  public Tensor value() {
    return value;
  }

  /** Whether weight decay applies. */
  public boolean decays() {
    return decays;
  }

  public Optional<RowBound> rowBound() {
    return rowBound;
  }

  @Override
  public void close() {
    value.close();
  }
}
