package dev.wta.backend.nd4j;

import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jWinners;
import dev.wta.backend.nd4j.op.WinnerSelection;

/** Winner selection on the host, from the dense code. */
final class Nd4jSelection implements Selection {
  private final Nd4jMemory memory;
  private final Dense dense;
  private final Convolution convolution;

  Nd4jSelection(Nd4jMemory memory, Dense dense, Convolution convolution) {
    this.memory = memory;
    this.dense = dense;
    this.convolution = convolution;
  }

  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    SparseOperands.select(activations, rule, winners);
    Nd4jWinners selected = memory.own(winners);
    WinnerSelection selection =
        new WinnerSelection(
            Nd4jMemory.host(memory.own(activations)),
            selected.code(),
            thresholds -> Nd4jMemory.host(memory.own(thresholds)));
    memory.replace(selected, selection.winners(rule), selection.nanCount());
  }

  @Override
  public void encodeWinners(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, Winners winners) {
    SparseOperands.encodeWinners(x, weights, bias, rule, winners);
    memory.own(winners);
    try (Tensor code = memory.allocate(winners.code())) {
      dense.gemm(x, false, weights, true, 1, 0, Epilogue.biasRelu(bias), code);
      select(code, rule, winners);
    }
  }

  @Override
  public void encodeWinnersMaps(
      Tensor images,
      Tensor filters,
      Window window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    SparseOperands.encodeWinnersMaps(images, filters, window, bias, rule, winners);
    memory.own(winners);
    try (Tensor maps = memory.allocate(winners.code())) {
      convolution.forward(images, filters, window, Epilogue.biasRelu(bias), maps);
      select(maps, rule, winners);
    }
  }
}
