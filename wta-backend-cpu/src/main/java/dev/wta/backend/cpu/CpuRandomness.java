package dev.wta.backend.cpu;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;

/** Random numbers, four at a time, since Philox makes four. */
final class CpuRandomness implements Randomness {
  private final CpuMemory memory;
  private final Execution execution;

  CpuRandomness(CpuMemory memory, Execution execution) {
    this.memory = memory;
    this.execution = execution;
  }

  /** Makes four elements of a block's four random words. */
  @FunctionalInterface
  private interface Filler {
    void fill(int[] words, int lanes, int i);
  }

  @Override
  public void uniform(Philox stream, Tensor out) {
    CpuTensor to = memory.own(out);
    float[] output = to.array();
    fill(
        stream,
        to.length(),
        (words, lanes, i) -> {
          for (int lane = 0; lane < lanes; lane++) {
            output[to.offset() + i + lane] = Philox.toUniform(words[lane]);
          }
        });
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    CpuTensor to = memory.own(out);
    float[] output = to.array();
    fill(
        stream,
        to.length(),
        (words, lanes, i) -> {
          for (int lane = 0; lane < lanes; lane++) {
            int pair = lane & 2;
            float number = Philox.toNormal(words[pair], words[pair + 1], (lane & 1) == 1);
            output[to.offset() + i + lane] = mean + deviation * number;
          }
        });
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    CpuTensor from = memory.own(probabilities);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    fill(
        stream,
        to.length(),
        (words, lanes, i) -> {
          for (int lane = 0; lane < lanes; lane++) {
            float probability = input[from.offset() + i + lane];
            output[to.offset() + i + lane] = Philox.toUniform(words[lane]) < probability ? 1 : 0;
          }
        });
  }

  private void fill(Philox stream, int length, Filler filler) {
    execution.split(
        length,
        Execution.GRAIN,
        (from, to, worker) -> {
          int[] words = execution.scratch(worker).ints(Scratch.Use.ROW, 4);
          for (int i = from; i < to; i += 4) {
            stream.block(i >>> 2, words, 0);
            filler.fill(words, Math.min(4, to - i), i);
          }
        });
  }
}
