package dev.wta.backend.nd4j;

import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Nd4jWinners;
import dev.wta.backend.nd4j.memory.Scope;
import dev.wta.backend.nd4j.op.DenseGradient;
import dev.wta.backend.nd4j.op.Gathering;
import dev.wta.backend.nd4j.op.PaddedImages;
import dev.wta.backend.nd4j.op.Rows;
import dev.wta.backend.nd4j.op.SortedGroups;
import dev.wta.backend.nd4j.op.WeightedRows;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations on winners, as gathered rows; and of maps, as the pixels under each window. */
final class Nd4jSparse implements Sparse {
  private final Nd4jMemory memory;

  Nd4jSparse(Nd4jMemory memory) {
    this.memory = memory;
  }

  @Override
  public void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out) {
    SparseOperands.decode(winners, coefficients, weights, bias, out);
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor along = memory.own(coefficients);
    Nd4jTensor matrix = memory.own(weights);
    Nd4jTensor decoded = memory.own(out);
    bias.ifPresent(memory::own);
    if (decoded.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray sums;
      if (code.count() == 0) {
        sums = scope.zeros(code.samples(), decoded.shape().rowSize());
      } else {
        SortedGroups bySample = SortedGroups.of(code.sampleOf(), code.samples());
        sums =
            new WeightedRows(Rows.of(matrix.matrix()), code.unitOf(), along.column())
                .sums(bySample, scope);
      }
      bias.ifPresent(b -> sums.addi(scope.wide(memory.own(b).row())));
      decoded.matrix().assign(sums);
    }
  }

  @Override
  public void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images) {
    SparseOperands.decodeMaps(winners, coefficients, filters, window, bias, images);
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor along = memory.own(coefficients);
    Nd4jTensor kernels = memory.own(filters);
    Nd4jTensor decoded = memory.own(images);
    float[] offsets = bias.map(b -> Nd4jMemory.host(memory.own(b))).orElse(new float[0]);
    if (decoded.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      PaddedImages sums = new PaddedImages(DataType.DOUBLE, decoded.shape(), window, scope);
      for (int c = 0; c < offsets.length; c++) {
        sums.channel(c).assign(offsets[c]);
      }
      if (code.count() > 0) {
        write(code, along, kernels, sums);
      }
      decoded.array().assign(sums.interior());
    }
  }

  /** Adds each winner's filter, times its coefficient, to the pixels under its window. */
  private static void write(
      Nd4jWinners code, Nd4jTensor along, Nd4jTensor kernels, PaddedImages sums) {
    int most = Gathering.mostRows(kernels.shape().rowSize());
    for (int from = 0; from < code.count(); from += most) {
      int to = Math.min(from + most, code.count());
      try (Scope scope = new Scope()) {
        int[] units = Arrays.copyOfRange(code.unitOf(), from, to);
        INDArray scaled = scope.wide(scope.gather(kernels.matrix(), units));
        scaled.muli(scope.wide(along.column(from, to - from)));
        for (int w = from; w < to; w++) {
          INDArray pixels = sums.under(code, w);
          pixels.addi(scaled.slice(w - from).reshape('c', pixels.shape()));
        }
      }
    }
  }

  @Override
  public void codeGradient(
      Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients) {
    SparseOperands.codeGradient(winners, outGradient, weights, coefficients);
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor slopes = memory.own(outGradient);
    Nd4jTensor matrix = memory.own(weights);
    Nd4jTensor along = memory.own(coefficients);
    if (code.count() == 0) {
      return;
    }
    if (matrix.isEmpty()) { // dot products of no numbers
      along.vector().assign(0);
      return;
    }
    Gathering.dots(
        Rows.of(slopes.matrix()), code.sampleOf(), matrix.matrix(), code.unitOf(), along);
  }

  @Override
  public void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients) {
    SparseOperands.codeGradientMaps(winners, imageGradient, filters, window, coefficients);
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor slopes = memory.own(imageGradient);
    Nd4jTensor kernels = memory.own(filters);
    Nd4jTensor along = memory.own(coefficients);
    if (code.count() == 0) {
      return;
    }
    if (kernels.isEmpty() || slopes.isEmpty()) { // dot products of no numbers
      along.vector().assign(0);
      return;
    }
    try (Scope scope = new Scope()) {
      Rows patches = PaddedImages.patches(slopes, window, code, kernels.matrix(), scope);
      Gathering.dots(patches, code.slots(), kernels.matrix(), code.unitOf(), along);
    }
  }

  @Override
  public void spellOut(Gradient.Factored gradient, float beta, Tensor out) {
    SparseOperands.spellOut(gradient, out);
    Nd4jTensor target = memory.own(out);
    DenseGradient spelt = DenseGradient.of(gradient, memory);
    if (target.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray sum = spelt.matrix(target, scope);
      if (beta != 0) {
        sum.addi(scope.wide(target.matrix()).muli(scope.number(beta)));
      }
      target.matrix().assign(sum);
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    SparseOperands.unitSums(winners, coefficients, out);
    Nd4jWinners code = memory.own(winners);
    float[] along = Nd4jMemory.host(memory.own(coefficients));
    Nd4jTensor to = memory.own(out);
    double[] sums = new double[code.units()];
    for (int w = 0; w < code.count(); w++) {
      sums[code.unitOf()[w]] += along[w];
    }
    if (!to.isEmpty()) {
      try (Scope scope = new Scope()) {
        to.vector().assign(scope.vector(sums));
      }
    }
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    SparseOperands.scatter("scatter", winners, coefficients, code);
    int[] indices = memory.own(winners).indices();
    float[] along = Nd4jMemory.host(memory.own(coefficients));
    Nd4jTensor dense = memory.own(code);
    float[] elements = new float[(int) dense.size()];
    for (int w = 0; w < indices.length; w++) {
      elements[indices[w]] = along[w];
    }
    Nd4jMemory.store(elements, dense);
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    SparseOperands.scatter("gather", winners, coefficients, code);
    int[] indices = memory.own(winners).indices();
    Nd4jTensor dense = memory.own(code);
    Nd4jTensor along = memory.own(coefficients);
    if (indices.length > 0) {
      try (Scope scope = new Scope()) {
        INDArray gathered = scope.gather(dense.column(), indices);
        along.column(0, indices.length).assign(gathered);
      }
    }
  }
}
