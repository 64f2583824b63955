package dev.wta.backend.cpu;

import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.op.Workspace;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.FewRows;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.screen.ScreenedSelection;
import dev.wta.backend.cpu.select.DenseSelection;
import dev.wta.backend.cpu.select.SampleEncoding;
import dev.wta.backend.cpu.select.UnitBlocks;
import dev.wta.backend.cpu.select.UnitEncoding;
import dev.wta.backend.cpu.select.WinnerFilter;
import java.util.Optional;

/** Winner selection: from a dense code, while encoding, and among winners. */
final class CpuSelection implements Selection, AutoCloseable {
  private final CpuMemory memory;
  private final Execution execution;
  private final CpuConvolution convolution;

  /** Selection by an accelerator, if there is one. */
  private final Optional<ScreenedSelection> screened;

  /** Room for maps, and for the winners of the first of two rules. */
  private final Workspace intermediate;

  CpuSelection(
      CpuMemory memory,
      Execution execution,
      CpuConvolution convolution,
      Optional<Bf16Accelerator> accelerator) {
    this.memory = memory;
    this.execution = execution;
    this.convolution = convolution;
    this.screened = accelerator.map(found -> new ScreenedSelection(execution, found));
    this.intermediate = new Workspace(memory);
  }

  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    CpuTensor code = memory.own(activations);
    CpuWinners target = memory.own(winners);
    select(code.array(), code.offset(), rule, target);
    intermediate.reset();
  }

  @Override
  public void encodeWinners(
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    CpuWinners target = memory.own(winners);
    if (window.isPresent()) {
      encodeMaps(x, weights, window.get(), bias, rule, target);
    } else {
      encode(memory.own(x), memory.own(weights), memory.own(bias), rule, target);
    }
    intermediate.reset();
  }

  private void encodeMaps(
      Tensor images,
      Tensor filters,
      Window window,
      Tensor bias,
      SelectionRule rule,
      CpuWinners winners) {
    switch (rule) {
      case SelectionRule.Spatial() ->
          convolution.spatialWinners(images, filters, window, bias, winners);
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        CpuWinners before = (CpuWinners) intermediate.winners(winners.code(), first);
        encodeMaps(images, filters, window, bias, first, before);
        filter(before, second, winners);
      }
      default -> {
        CpuTensor maps = (CpuTensor) intermediate.tensor(winners.code());
        convolution.forward(images, filters, window, Epilogue.biasRelu(bias), maps);
        select(maps.array(), maps.offset(), rule, winners);
      }
    }
  }

  private void encode(
      CpuTensor x, CpuTensor weights, CpuTensor bias, SelectionRule rule, CpuWinners winners) {
    if (screened.isPresent() && screened.get().select(x, weights, bias, rule, winners)) {
      return;
    }
    switch (rule) {
      case SelectionRule.Lifetime(int k) ->
          UnitEncoding.run(execution, new UnitBlocks(execution, x, weights, bias), k, winners);
      case SelectionRule.PerSample(int k) -> {
        Optional<FewRows> few = FewRows.of(execution, x, weights);
        if (few.isPresent()) {
          float[] code = code(x, weights);
          few.get().encode(bias, code, execution);
          select(code, 0, rule, winners);
        } else {
          new SampleEncoding(execution, new UnitBlocks(execution, x, weights, bias), k, winners)
              .run(execution);
        }
      }
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        CpuWinners before = (CpuWinners) intermediate.winners(winners.code(), first);
        encode(x, weights, bias, first, before);
        filter(before, second, winners);
      }
      default -> {
        float[] code = code(x, weights);
        GemmArguments.Matrix samples = GemmArguments.Matrix.of(x, false);
        GemmArguments.Matrix units = GemmArguments.Matrix.of(weights, true);
        GemmKernel product =
            new GemmKernel(new GemmArguments(samples, units, 1, 0, bias, true, code, 0));
        FewRows.of(execution, x, weights)
            .ifPresentOrElse(few -> product.run(few, execution), () -> product.run(execution));
        select(code, 0, rule, winners);
      }
    }
  }

  /** Room for a batch's dense code. */
  private float[] code(CpuTensor x, CpuTensor weights) {
    return execution.shared.floats(Scratch.Use.BLOCK, (long) x.rowCount() * weights.rowCount());
  }

  private void select(float[] code, int start, SelectionRule rule, CpuWinners winners) {
    DenseSelection selection = new DenseSelection(execution, code, start, winners);
    switch (rule) {
      case SelectionRule.Lifetime(int k) -> selection.perColumn(k);
      case SelectionRule.PerSample(int k) -> selection.perRow(k);
      case SelectionRule.Global(int k) -> selection.global(k);
      case SelectionRule.Spatial() -> selection.spatial();
      case SelectionRule.Above(Tensor thresholds) -> selection.above(memory.own(thresholds));
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        CpuWinners before = (CpuWinners) intermediate.winners(winners.code(), first);
        select(code, start, first, before);
        filter(before, second, winners);
      }
    }
  }

  @Override
  public void close() {
    screened.ifPresent(ScreenedSelection::close);
  }

  private void filter(CpuWinners from, SelectionRule rule, CpuWinners to) {
    WinnerFilter filter = new WinnerFilter(execution.shared, from);
    switch (rule) {
      case SelectionRule.Lifetime(int k) -> filter.perColumn(k);
      case SelectionRule.PerSample(int k) -> filter.perRow(k);
      case SelectionRule.Global(int k) -> filter.global(k);
      case SelectionRule.Spatial() -> filter.spatial();
      case SelectionRule.Above(Tensor thresholds) -> filter.above(memory.own(thresholds));
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        CpuWinners between = (CpuWinners) intermediate.winners(from.code(), first);
        filter(from, first, between);
        filter(between, second, to);
        return;
      }
    }
    filter.into(to);
  }
}
