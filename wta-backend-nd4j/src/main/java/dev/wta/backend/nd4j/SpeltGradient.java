package dev.wta.backend.nd4j;

import dev.wta.api.Gradient;
import dev.wta.api.Window;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A gradient, dense or factored, as a matrix of the parameter's shape. */
final class SpeltGradient {

  /** A {@link Gradient.Term} of our own operands. */
  private record Term(
      Nd4jWinners winners, Nd4jTensor coefficients, Nd4jTensor batch, Optional<Window> window) {

    /** {@code (units, inputs)}. */
    INDArray spelt(Scope scope) {
      Groups byUnit = Groups.of(winners.unitOf(), winners.units());
      INDArray along = coefficients.column();
      if (window.isEmpty()) {
        return new WeightedRows(batch.matrix(), winners.sampleOf(), along).sums(byUnit, scope);
      }
      float[] weights = Nd4jMemory.host(coefficients);
      for (int w = 0; w < winners.count(); w++) {
        if (!Float.isFinite(weights[w])) {
          return insideImages(weights, window.get(), scope);
        }
      }
      INDArray patches = PaddedImages.of(batch, window.get(), scope).patches(winners, scope);
      return new WeightedRows(patches, winners.slots(), along).sums(byUnit, scope);
    }

    /** Without the zeros round the images, which make NaN of weights that are not finite. */
    private INDArray insideImages(float[] weights, Window through, Scope scope) {
      float[] pixels = Nd4jMemory.host(batch);
      int channels = batch.shape().extent(1);
      int height = batch.shape().extent(2);
      int width = batch.shape().extent(3);
      int mapWidth = winners.code().extent(3);
      int rowSize = channels * through.height() * through.width();
      double[] sums = new double[winners.units() * rowSize];
      for (int w = 0; w < winners.count(); w++) {
        int top = winners.positionOf()[w] / mapWidth - through.padding();
        int left = winners.positionOf()[w] % mapWidth - through.padding();
        int at = winners.unitOf()[w] * rowSize;
        for (int c = 0; c < channels; c++) {
          int plane = (winners.sampleOf()[w] * channels + c) * height;
          for (int y = top; y < top + through.height(); y++) {
            for (int x = left; x < left + through.width(); x++, at++) {
              if (y >= 0 && y < height && x >= 0 && x < width) {
                sums[at] += (double) weights[w] * pixels[(plane + y) * width + x];
              }
            }
          }
        }
      }
      return scope.vector(sums).reshape('c', winners.units(), rowSize);
    }
  }

  private final Optional<Nd4jTensor> dense;
  private final List<Term> terms;

  private SpeltGradient(Optional<Nd4jTensor> dense, List<Term> terms) {
    this.dense = dense;
    this.terms = terms;
  }

  /** Whose operands are all of {@code memory}. */
  static SpeltGradient of(Gradient gradient, Nd4jMemory memory) {
    return switch (gradient) {
      case Gradient.Dense(var values) ->
          new SpeltGradient(Optional.of(memory.own(values)), List.of());
      case Gradient.Factored(var terms) ->
          new SpeltGradient(
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
  INDArray matrix(Nd4jTensor parameter, Scope scope) {
    if (dense.isPresent()) {
      return scope.wide(dense.get().matrix());
    }
    INDArray sum = scope.zeros(parameter.shape().rows(), parameter.shape().rowSize());
    for (Term term : terms) {
      if (term.winners().count() > 0) {
        sum.addi(term.spelt(scope));
      }
    }
    return sum;
  }
}
