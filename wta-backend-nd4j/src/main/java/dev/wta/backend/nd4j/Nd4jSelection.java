package dev.wta.backend.nd4j;

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
import java.util.Optional;

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
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    memory.own(winners);
    try (Tensor code = memory.allocate(winners.code())) {
      Epilogue epilogue = Epilogue.biasRelu(bias);
      if (window.isPresent()) {
        convolution.forward(x, weights, window.get(), epilogue, code);
      } else {
        dense.gemm(x, false, weights, true, 1, 0, epilogue, code);
      }
      select(code, rule, winners);
    }
  }
}
