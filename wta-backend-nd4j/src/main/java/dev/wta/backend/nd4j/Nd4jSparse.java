package dev.wta.backend.nd4j;

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
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out) {
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor along = memory.own(coefficients);
    Nd4jTensor matrix = memory.own(weights);
    Optional<Nd4jTensor> offsets = bias.map(memory::own);
    Nd4jTensor decoded = memory.own(out);
    if (decoded.isEmpty()) {
      return;
    }
    if (window.isPresent()) {
      decodeMaps(code, along, matrix, window.get(), offsets, decoded);
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
      offsets.ifPresent(b -> sums.addi(scope.wide(b.row())));
      decoded.matrix().assign(sums);
    }
  }

  private static void decodeMaps(
      Nd4jWinners code,
      Nd4jTensor along,
      Nd4jTensor kernels,
      Window window,
      Optional<Nd4jTensor> bias,
      Nd4jTensor decoded) {
    float[] offsets = bias.map(Nd4jMemory::host).orElse(new float[0]);
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
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients) {
    Nd4jWinners code = memory.own(winners);
    Nd4jTensor slopes = memory.own(outGradient);
    Nd4jTensor matrix = memory.own(weights);
    Nd4jTensor along = memory.own(coefficients);
    if (code.count() == 0) {
      return;
    }
    if (matrix.isEmpty() || slopes.isEmpty()) { // dot products of no numbers
      along.vector().assign(0);
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray rows = matrix.matrix();
      if (window.isPresent()) {
        Rows patches = PaddedImages.patches(slopes, window.get(), code, rows, scope);
        Gathering.dots(patches, code.slots(), rows, code.unitOf(), along);
      } else {
        Gathering.dots(Rows.of(slopes.matrix()), code.sampleOf(), rows, code.unitOf(), along);
      }
    }
  }

  @Override
  public void materialise(Gradient.Factored gradient, float beta, Tensor out) {
    Nd4jTensor target = memory.own(out);
    DenseGradient dense = DenseGradient.of(gradient, memory);
    if (target.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray sum = dense.matrix(target, scope);
      if (beta != 0) {
        sum.addi(scope.wide(target.matrix()).muli(scope.number(beta)));
      }
      target.matrix().assign(sum);
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
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
