package dev.wta.backend.nd4j.op;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Nd4jWinners;
import dev.wta.backend.nd4j.memory.Scope;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A gradient, dense or factored, as a matrix of the parameter's shape. */
public final class DenseGradient {

  /** A {@link Gradient.Term} of our own operands. */
  private record Term(
      Nd4jWinners winners, Nd4jTensor coefficients, Nd4jTensor batch, Optional<Window> window) {

    /** Whether it adds nothing: without winners, or with all windows on padding alone. */
    boolean isEmpty() {
      return winners.count() == 0 || batch.isEmpty();
    }

    /** {@code (units, inputs)}; not for empty terms. */
    INDArray materialised(Scope scope) {
      SortedGroups byUnit = SortedGroups.of(winners.unitOf(), winners.units());
      INDArray along = coefficients.column(0, winners.count());
      if (window.isEmpty()) {
        return new WeightedRows(Rows.of(batch.matrix()), winners.sampleOf(), along)
            .sums(byUnit, scope);
      }
      Rows patches = PaddedImages.patches(batch, window.get(), winners, along, scope);
      return new WeightedRows(patches, winners.slots(), along).sums(byUnit, scope);
    }
  }

  private final Optional<Nd4jTensor> dense;
  private final List<Term> terms;

  private DenseGradient(Optional<Nd4jTensor> dense, List<Term> terms) {
    this.dense = dense;
    this.terms = terms;
  }

  /** Whose operands are all of {@code memory}. */
  public static DenseGradient of(Gradient gradient, Nd4jMemory memory) {
    return switch (gradient) {
      case Gradient.Dense(var values) ->
          new DenseGradient(Optional.of(memory.own(values)), List.of());
      case Gradient.Factored(var terms) ->
          new DenseGradient(
              Optional.empty(),
              terms.stream()
                  .map(
                      term ->
                          new Term(
                              memory.own(term.winners()),
                              memory.own(term.coefficients()),
                              memory.own(term.batch()),
                              term.window()))
                  .toList());
    };
  }

  /** The gradient of a parameter that is not empty, in double precision. */
  public INDArray matrix(Nd4jTensor parameter, Scope scope) {
    if (dense.isPresent()) {
      return scope.wide(dense.get().matrix());
    }
    INDArray sum = scope.zeros(parameter.shape().rows(), parameter.shape().rowSize());
    for (Term term : terms) {
      if (!term.isEmpty()) {
        sum.addi(term.materialised(scope));
      }
    }
    return sum;
  }
}
