package dev.wta.backend.cpu;

import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.op.Workspace;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.FewRows;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.gemm.SumOrder;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.screen.ScreenedSelection;
import dev.wta.backend.cpu.select.BatchEncoding;
import dev.wta.backend.cpu.select.DenseSelection;
import dev.wta.backend.cpu.select.SampleEncoding;
import dev.wta.backend.cpu.select.UnitBlocks;
import dev.wta.backend.cpu.select.UnitEncoding;
import dev.wta.backend.cpu.select.Units;
import dev.wta.backend.cpu.select.WinnerFilter;
import java.util.Optional;
import java.util.function.IntFunction;

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
      encode(memory.own(x), units(weights, bias), rule, _ -> target);
    }
    intermediate.reset();
  }

  @Override
  public Winners encodeToFit(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, IntFunction<Winners> room) {
    if (!(rule instanceof SelectionRule.Above)) {
      return Selection.super.encodeToFit(x, weights, bias, rule, room);
    }
    IntFunction<CpuWinners> own = count -> memory.own(room.apply(count));
    return encode(memory.own(x), units(weights, bias), rule, own);
  }

  /** Scales rows as they are packed. Few samples are multiplied with the rows where they lie. */
  @Override
  public Optional<Winners> encodeScaled(
      Tensor x,
      Tensor weights,
      Tensor scale,
      Tensor bias,
      SelectionRule rule,
      IntFunction<Winners> room) {
    Units units = new Units(memory.own(weights), Optional.of(memory.own(scale)), memory.own(bias));
    CpuTensor batch = memory.own(x);
    if (screened.isPresent()
        || !encodesInBlocks(rule)
        || FewRows.of(execution, batch, units.weights()).isPresent()) {
      return Optional.empty();
    }
    Winners winners = encode(batch, units, rule, count -> memory.own(room.apply(count)));
    intermediate.reset();
    return Optional.of(winners);
  }

  /** Whether no dense code is held. */
  private static boolean encodesInBlocks(SelectionRule rule) {
    return switch (rule) {
      case SelectionRule.Then(SelectionRule first, _) -> encodesInBlocks(first);
      case SelectionRule.Spatial() -> false;
      default -> true;
    };
  }

  private Units units(Tensor weights, Tensor bias) {
    return Units.of(memory.own(weights), memory.own(bias));
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

  /**
   * Encodes and selects.
   *
   * @param room gives winners with room for that number of them
   */
  private CpuWinners encode(
      CpuTensor x, Units units, SelectionRule rule, IntFunction<CpuWinners> room) {
    Optional<CpuWinners> found =
        screened.flatMap(
            accelerated -> accelerated.select(x, units.weights(), units.bias(), rule, room));
    if (found.isPresent()) {
      return found.get();
    }
    Optional<FewRows> few = FewRows.of(execution, x, units.weights());
    return switch (rule) {
      case SelectionRule.Above(Tensor thresholds) when few.isEmpty() ->
          batchEncoding(x, units).above(memory.own(thresholds), room);
      case SelectionRule.Global(int k) when few.isEmpty() ->
          batchEncoding(x, units).largest(k, room);
      default -> {
        Shape code = Shape.of(x.rowCount(), units.weights().rowCount());
        CpuWinners winners = room.apply(rule.capacity(code));
        encode(x, units, rule, few, winners);
        yield winners;
      }
    };
  }

  /** In the order in which a product that is stored adds up. */
  private BatchEncoding batchEncoding(CpuTensor x, Units units) {
    SumOrder order = GemmKernel.order(x, units.weights(), execution);
    UnitBlocks blocks = new UnitBlocks(execution, x, units, order);
    return new BatchEncoding(execution, blocks, x.rowCount(), units.weights().rowCount());
  }

  private void encode(
      CpuTensor x, Units units, SelectionRule rule, Optional<FewRows> few, CpuWinners winners) {
    switch (rule) {
      case SelectionRule.Lifetime(int k) ->
          UnitEncoding.run(execution, new UnitBlocks(execution, x, units), k, winners);
      case SelectionRule.PerSample(int k) when few.isEmpty() ->
          new SampleEncoding(execution, new UnitBlocks(execution, x, units), k, winners)
              .run(execution);
      case SelectionRule.PerSample _ -> {
        float[] code = code(x, units.weights());
        few.orElseThrow().encode(units.bias(), code, execution);
        select(code, 0, rule, winners);
      }
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        CpuWinners before = (CpuWinners) intermediate.winners(winners.code(), first);
        encode(x, units, first, _ -> before);
        filter(before, second, winners);
      }
      case SelectionRule.Global _, SelectionRule.Above _, SelectionRule.Spatial _ -> {
        float[] code = code(x, units.weights());
        GemmArguments.Matrix samples = GemmArguments.Matrix.of(x, false);
        GemmArguments.Matrix weights = GemmArguments.Matrix.of(units.weights(), true);
        GemmKernel product =
            new GemmKernel(new GemmArguments(samples, weights, 1, 0, units.bias(), true, code, 0));
        few.ifPresentOrElse(rows -> product.run(rows, execution), () -> product.run(execution));
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
