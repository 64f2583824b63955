package dev.wta.backend.cpu.screen;

import dev.wta.api.op.SelectionRule;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.gemm.SumOrder;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Encodes and selects by an accelerator's products in bfloat16. What the {@link ErrorBound} cannot
 * exclude is computed exactly ({@link ExactSums}) and the winners are selected among that, so they
 * are the same, bit for bit, as those of the float32 kernels. Where that would not pay, or the
 * bound does not hold, it declines, and the float32 kernels do the work.
 */
public final class ScreenedSelection implements AutoCloseable {
  /**
   * Activations from which it pays: at 2^20 and more of 768 terms the benchmark {@code Encoding}
   * gained, at 200,000 it did not.
   */
  private static final int LEAST_ACTIVATIONS = 1 << 20;

  /** Terms from which computing an activation in bfloat16 saves enough of it. */
  private static final int LEAST_TERMS = 128;

  /**
   * Of a group's activations, one in this many may win: each winner is computed exactly, by a
   * kernel that takes some ten times as long for it as the product. At one in 20 that is all that
   * the product in bfloat16 saved.
   */
  private static final int WINNERS = 64;

  /** Of all activations, one in this many may be computed exactly. */
  private static final int EXACT = 16;

  /** The numbers of a batch beyond which its copies would not fit in an array. */
  private static final int MOST_NUMBERS = 1 << 29;

  /** Batches that are left to the float32 kernels after one where screening did not pay. */
  private static final int REST = 31;

  private final Execution execution;
  private final UnitBlock[] blocks; // (workers)
  private final NativeBuffer rounded = new NativeBuffer();
  private final NativeBuffer packed = new NativeBuffer();
  private int rest;

  public ScreenedSelection(Execution execution, Bf16Accelerator accelerator) {
    this.execution = execution;
    this.blocks =
        IntStream.range(0, execution.workers.count())
            .mapToObj(worker -> new UnitBlock(accelerator))
            .toArray(UnitBlock[]::new);
  }

  /**
   * Selects the winners of {@code max(0, x * weights' + bias)} if that is likely to pay.
   *
   * @param rule one that is not made of others
   * @return whether it did; otherwise {@code winners} have no meaning
   */
  public boolean select(
      CpuTensor x, CpuTensor weights, CpuTensor bias, SelectionRule rule, CpuWinners winners) {
    if (!pays(x, winners, rule)) {
      return false;
    }
    if (rest > 0) {
      rest--;
      return false;
    }
    long most = (long) winners.samples() * winners.units() / EXACT;
    boolean done = screen(x, weights, bias, rule, winners, most);
    rest = done ? 0 : REST;
    return done;
  }

  /**
   * Selects, whether that pays or not.
   *
   * @param most the activations that may be computed exactly
   * @return false if there would be more, or the bound does not hold
   */
  boolean screen(
      CpuTensor x,
      CpuTensor weights,
      CpuTensor bias,
      SelectionRule rule,
      CpuWinners winners,
      long most) {
    Batch batch = new Batch(x, weights, bias);
    Effort effort = new Effort(most);
    if (!effort.require(batch.pack(execution, worker -> blocks[worker], rounded, packed))) {
      return false;
    }
    ExactSums exact = new ExactSums(execution, order(x, weights, rule), batch);
    if (rule instanceof SelectionRule.Lifetime(int k)) {
      new UnitScreening(batch, exact, effort, k, winners).run(execution, worker -> blocks[worker]);
      return effort.goesOn();
    }
    Optional<Candidates> candidates =
        new SampleScreening(execution, batch, winners.units(), effort, rule)
            .run(worker -> blocks[worker], most);
    candidates.ifPresent(
        found -> {
          found.evaluate(exact);
          found.select(rule, winners);
        });
    return candidates.isPresent();
  }

  /** Whether a batch is large enough, and few enough of its activations win. */
  private static boolean pays(CpuTensor x, CpuWinners winners, SelectionRule rule) {
    long activations = (long) winners.samples() * winners.units();
    int terms = x.rowSize();
    boolean few =
        switch (rule) {
          case SelectionRule.Lifetime(int k) -> (long) k * WINNERS <= winners.samples();
          case SelectionRule.PerSample(int k) -> (long) k * WINNERS <= winners.units();
          case SelectionRule.Global(int k) -> (long) k * WINNERS <= activations;
          case SelectionRule.Above(_) -> true;
          default -> false;
        };
    return few
        && terms >= LEAST_TERMS
        && terms <= ErrorBound.MOST_TERMS
        && winners.samples() <= MOST_NUMBERS / terms
        && activations <= Integer.MAX_VALUE
        && activations >= LEAST_ACTIVATIONS;
  }

  /** The order in which the float32 kernels add up for that rule. */
  private static SumOrder order(CpuTensor x, CpuTensor weights, SelectionRule rule) {
    return switch (rule) {
      case SelectionRule.Lifetime(_), SelectionRule.PerSample(_) -> SumOrder.fromBias(x.rowSize());
      default -> {
        GemmArguments.Matrix samples = GemmArguments.Matrix.of(x, false);
        GemmArguments.Matrix units = GemmArguments.Matrix.of(weights, true);
        yield new GemmKernel(new GemmArguments(samples, units, 1, 0, null, true, null, 0)).order();
      }
    };
  }

  @Override
  public void close() {
    for (UnitBlock block : blocks) {
      block.close();
    }
    rounded.close();
    packed.close();
  }
}
