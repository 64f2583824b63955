package dev.wta.backend.cuda;

import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.memory.CudaWinners;
import dev.wta.backend.cuda.op.CublasGemm;
import dev.wta.backend.cuda.op.CublasGemm.Finish;
import dev.wta.backend.cuda.op.CublasGemm.Matrix;
import dev.wta.backend.cuda.op.Geometry;
import dev.wta.backend.cuda.op.RowScreening;
import dev.wta.backend.cuda.op.SelectionGroups;
import dev.wta.backend.cuda.op.SelectionPass;
import dev.wta.backend.cuda.op.Tiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Winner selection. Where a rule's groups lie inside tiles of the code, encoding computes and
 * selects a tile at a time, so that the dense code is never held.
 */
final class CudaSelection implements Selection {
  private final CudaMemory memory;
  private final Kernels kernels;
  private final CublasGemm products;
  private final CudaConvolution convolution;

  CudaSelection(
      CudaMemory memory, Kernels kernels, CublasGemm products, CudaConvolution convolution) {
    this.memory = memory;
    this.kernels = kernels;
    this.products = products;
    this.convolution = convolution;
  }

  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    CudaTensor code = memory.own(activations);
    CudaWinners target = memory.own(winners);
    List<SelectionRule> stages = stages(rule);
    try (SelectionPass selection = new SelectionPass(memory, kernels, target)) {
      selection.run(stages, code.address());
    }
  }

  @Override
  public void encodeWinners(
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    CudaTensor batch = memory.own(x);
    CudaTensor matrix = memory.own(weights);
    CudaTensor offsets = memory.own(bias);
    CudaWinners target = memory.own(winners);
    if (window.isPresent()) {
      encodeMaps(batch, matrix, window.get(), offsets, stages(rule), target);
    } else {
      encode(batch, matrix, offsets, rule, target);
    }
  }

  @Override
  public Winners encodeToFit(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, IntFunction<Winners> room) {
    if (!(rule instanceof SelectionRule.Above(Tensor thresholds))) {
      return Selection.super.encodeToFit(x, weights, bias, rule, room);
    }
    CudaTensor batch = memory.own(x);
    CudaTensor matrix = memory.own(weights);
    CudaTensor offsets = memory.own(bias);
    memory.own(thresholds);
    int samples = batch.rowCount();
    int units = matrix.rowCount();
    try (SelectionPass selection = new SelectionPass(memory, kernels, samples, units);
        Scratch code = memory.scratch((long) samples * units * Float.BYTES)) {
      encodeDense(batch, matrix, offsets, code.address());
      return selection.aboveToFit(
          code.address(), thresholds, count -> memory.own(room.apply(count)));
    }
  }

  /** {@code relu(x * weights' + bias)}, {@code (samples, units)}. */
  private void encodeDense(CudaTensor batch, CudaTensor matrix, CudaTensor offsets, long code) {
    products.product(
        rows(batch, 0, false),
        rows(matrix, 0, true),
        batch.rowCount(),
        matrix.rowCount(),
        batch.rowSize(),
        1,
        0,
        new Finish(offsets.address(), true),
        code);
  }

  private void encode(
      CudaTensor batch,
      CudaTensor matrix,
      CudaTensor offsets,
      SelectionRule rule,
      CudaWinners target) {
    List<SelectionRule> stages = stages(rule);
    try (SelectionPass selection = new SelectionPass(memory, kernels, target)) {
      if (rule instanceof SelectionRule.Lifetime(int k)) {
        encodeColumns(batch, matrix, offsets, k, selection);
      } else if (rule instanceof SelectionRule.PerSample(int k)) {
        encodeRows(batch, matrix, offsets, k, selection);
      } else {
        int samples = batch.rowCount();
        int units = matrix.rowCount();
        try (Scratch code = memory.scratch((long) samples * units * Float.BYTES)) {
          encodeDense(batch, matrix, offsets, code.address());
          selection.overwrite(code.address());
          selection.run(stages, code.address());
        }
      }
    }
  }

  /** Tiles of units, each unit's activations side by side. */
  private void encodeColumns(
      CudaTensor batch, CudaTensor weights, CudaTensor bias, int k, SelectionPass selection) {
    int samples = batch.rowCount();
    Tiles units = Tiles.of(weights.rowCount(), samples);
    selection.beginGroups(true, Math.min(k, samples));
    try (Scratch code = memory.scratch((long) units.most() * samples * Float.BYTES)) {
      units.forEach(
          (from, count) -> {
            multiply(weights, from, count, batch, code.address());
            SelectionGroups groups = SelectionGroups.contiguous(true, count, samples);
            selection.emit(code.address(), bias.address(), groups, from, k);
          });
    }
    selection.index();
  }

  /** Tiles of samples, each sample's activations side by side. */
  private void encodeRows(
      CudaTensor batch, CudaTensor weights, CudaTensor bias, int k, SelectionPass selection) {
    int units = weights.rowCount();
    Tiles samples = Tiles.of(batch.rowCount(), units);
    selection.beginGroups(false, Math.min(k, units));
    try (Scratch code = memory.scratch((long) samples.most() * units * Float.BYTES)) {
      if (RowScreening.pays(products, batch, weights, k)) {
        encodeScreenedRows(batch, weights, bias, k, samples, code.address(), selection);
      } else {
        samples.forEach(
            (from, count) -> {
              multiply(batch, from, count, weights, code.address());
              SelectionGroups groups = SelectionGroups.contiguous(false, count, units);
              selection.emit(code.address(), bias.address(), groups, from, k);
            });
      }
    }
    selection.index();
  }

  private void encodeScreenedRows(
      CudaTensor batch,
      CudaTensor weights,
      CudaTensor bias,
      int k,
      Tiles samples,
      long code,
      SelectionPass selection) {
    try (RowScreening screening = new RowScreening(memory, kernels, products, batch, weights)) {
      samples.forEach(
          (from, count) -> {
            screening.encode(from, count, bias, k, code);
            SelectionGroups rows = SelectionGroups.contiguous(false, count, weights.rowCount());
            selection.emit(code, 0, rows, from, k);
          });
    }
  }

  /** {@code count} rows of one matrix times all of another, transposed. */
  private void multiply(CudaTensor left, int from, int count, CudaTensor right, long out) {
    products.product(
        rows(left, from, false),
        rows(right, 0, true),
        count,
        right.rowCount(),
        left.rowSize(),
        1,
        0,
        Finish.NONE,
        out);
  }

  private void encodeMaps(
      CudaTensor pixels,
      CudaTensor kernel,
      Window window,
      CudaTensor offsets,
      List<SelectionRule> stages,
      CudaWinners target) {
    Geometry geometry = Geometry.of(pixels.shape(), window);
    int samples = pixels.rowCount();
    boolean tiled = stages.getFirst() instanceof SelectionRule.Spatial;
    int rowSize = target.code().rowSize();
    Tiles tiles = tiled ? Tiles.of(samples, rowSize) : new Tiles(samples, Math.max(1, samples));
    try (SelectionPass selection = new SelectionPass(memory, kernels, target);
        Scratch code = memory.scratch((long) tiles.most() * rowSize * Float.BYTES)) {
      tiles.forEach(
          (from, count) -> {
            convolution.convolve(
                pixels.address() + (long) from * pixels.rowSize() * Float.BYTES,
                kernel.address(),
                geometry,
                count,
                kernel.rowCount(),
                new Finish(offsets.address(), true),
                code.address());
            if (tiled) {
              selection.reduceSpatially(code.address(), from, count);
            }
          });
      if (tiled) {
        selection.runReduced(stages.subList(1, stages.size()));
      } else {
        selection.run(stages, code.address());
      }
    }
  }

  private static Matrix rows(CudaTensor tensor, int from, boolean transposed) {
    long start = tensor.address() + (long) from * tensor.rowSize() * Float.BYTES;
    return new Matrix(start, tensor.rowSize(), transposed);
  }

  /** The rules that apply one after the other, once all their operands are known to be our own. */
  private List<SelectionRule> stages(SelectionRule rule) {
    List<SelectionRule> stages = new ArrayList<>();
    flatten(rule, stages);
    return stages;
  }

  private void flatten(SelectionRule rule, List<SelectionRule> stages) {
    switch (rule) {
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        flatten(first, stages);
        flatten(second, stages);
      }
      case SelectionRule.Above(Tensor thresholds) -> {
        memory.own(thresholds);
        stages.add(rule);
      }
      case SelectionRule.Lifetime _,
          SelectionRule.PerSample _,
          SelectionRule.Global _,
          SelectionRule.Spatial _ ->
          stages.add(rule);
    }
  }
}
