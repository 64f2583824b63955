package dev.wta.backend.cpu;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.sparse.CodeGradient;
import dev.wta.backend.cpu.sparse.Decoding;
import dev.wta.backend.cpu.sparse.GradientRows;
import dev.wta.backend.cpu.sparse.SparseMaps;
import java.util.Arrays;
import java.util.Optional;

/**
 * Operations on sparse codes. Decoding walks the winners by sample, gradients walk them by unit.
 */
public final class CpuSparse implements Sparse {
  /** Units whose sums are a piece of work. */
  private static final int UNITS = 256;

  /** Slots whose activations are a piece of work: each is a line of its own in memory. */
  private static final int SLOTS = 512;

  private final CpuMemory memory;
  private final Execution execution;

  CpuSparse(CpuMemory memory, Execution execution) {
    this.memory = memory;
    this.execution = execution;
  }

  @Override
  public void decode(
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out) {
    CpuWinners code = memory.own(winners);
    CpuTensor scale = memory.own(coefficients);
    CpuTensor matrix = memory.own(weights);
    CpuTensor offsets = bias.map(memory::own).orElse(null);
    CpuTensor decoded = memory.own(out);
    if (window.isPresent()) {
      new SparseMaps(execution, code, scale, matrix).decode(decoded, window.get(), offsets);
    } else {
      new Decoding(code, scale, matrix, offsets, decoded).run(execution);
    }
  }

  @Override
  public void codeGradient(
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients) {
    CpuWinners code = memory.own(winners);
    CpuTensor slopes = memory.own(outGradient);
    CpuTensor matrix = memory.own(weights);
    CpuTensor result = memory.own(coefficients);
    if (window.isPresent()) {
      new SparseMaps(execution, code, result, matrix).gradient(slopes, window.get());
    } else {
      new CodeGradient(code, slopes, matrix, result).run(execution);
    }
  }

  @Override
  public void materialise(Gradient.Factored gradient, float beta, Tensor out) {
    CpuTensor target = memory.own(out);
    int size = target.rowSize();
    GradientRows rows = GradientRows.of(memory, gradient, size);
    float[] values = target.array();
    execution.split(
        target.rowCount(),
        GradientRows.block(target.rowCount()),
        (from, to, worker) -> {
          float[] row = execution.scratch(worker).floats(Scratch.Use.ROW, rows.room());
          for (int u = from; u < to; u++) {
            rows.materialise(u, row);
            TileRow.store(row, 0, size, 1, beta, values, target.offset() + u * size);
          }
        });
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    CpuWinners code = memory.own(winners);
    CpuTensor numbers = memory.own(coefficients);
    CpuTensor target = memory.own(out);
    float[] values = numbers.array();
    float[] sums = target.array();
    execution.split(
        code.units(),
        UNITS,
        (from, to, worker) -> {
          for (int u = from; u < to; u++) {
            double sum = 0;
            for (int slot = code.unitStart()[u]; slot < code.unitStart()[u + 1]; slot++) {
              sum += values[numbers.offset() + slot];
            }
            sums[target.offset() + u] = (float) sum;
          }
        });
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    CpuWinners from = memory.own(winners);
    CpuTensor numbers = memory.own(coefficients);
    CpuTensor target = memory.own(code);
    float[] values = target.array();
    execution.split(
        target.length(),
        Execution.GRAIN,
        (i0, i1, worker) -> Arrays.fill(values, target.offset() + i0, target.offset() + i1, 0f));
    float[] scattered = numbers.array();
    execution.split(
        from.count(),
        SLOTS,
        (first, end, worker) -> {
          for (int slot = first; slot < end; slot++) {
            values[target.offset() + index(from, slot)] = scattered[numbers.offset() + slot];
          }
        });
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    CpuWinners from = memory.own(winners);
    CpuTensor source = memory.own(code);
    CpuTensor target = memory.own(coefficients);
    float[] values = source.array();
    float[] gathered = target.array();
    execution.split(
        from.count(),
        SLOTS,
        (first, end, worker) -> {
          for (int slot = first; slot < end; slot++) {
            gathered[target.offset() + slot] = values[source.offset() + index(from, slot)];
          }
        });
    from.zeroUnused(target);
  }

  /** Where a slot's activation stands in the dense code. */
  private static int index(CpuWinners code, int slot) {
    int row = code.sample()[slot] * code.units() + code.unit()[slot];
    return row * code.positions() + position(code, slot);
  }

  private static int position(CpuWinners code, int slot) {
    return code.isMap() ? code.position()[slot] : 0;
  }
}
