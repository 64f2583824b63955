package dev.wta.backend.cpu.screen;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.bf16.NativeBuffer;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.gemm.SumOrder;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
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

  /** Kinds of encodings that are remembered. */
  private static final int GUESSES = 64;

  private final Execution execution;
  private final UnitBlock[] blocks; // (workers)
  private final NativeBuffer rounded = new NativeBuffer();
  private final NativeBuffer packed = new NativeBuffer();

  /** Of each kind of rule, the batches that are still left to the float32 kernels. */
  private final Map<Class<? extends SelectionRule>, Integer> rests = new HashMap<>();

  /** A kind of encoding whose thresholds are similar from batch to batch. */
  private record Encoding(int inputs, int units, Class<? extends SelectionRule> rule, long k) {}

  private final Map<Encoding, ThresholdGuess> guesses = new HashMap<>();

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
   * @param room gives winners with room for that number of them
   * @return the winners; empty where it did not pay
   */
  public Optional<CpuWinners> select(
      CpuTensor x,
      CpuTensor weights,
      CpuTensor bias,
      SelectionRule rule,
      IntFunction<CpuWinners> room) {
    if (!pays(x, weights, rule)) {
      return Optional.empty();
    }
    int rest = rests.getOrDefault(rule.getClass(), 0);
    if (rest > 0) {
      rests.put(rule.getClass(), rest - 1);
      return Optional.empty();
    }
    long most = (long) x.rowCount() * weights.rowCount() / EXACT;
    Optional<CpuWinners> winners = screen(x, weights, bias, rule, room, most);
    rests.put(rule.getClass(), winners.isPresent() ? 0 : REST);
    return winners;
  }

  /**
   * Selects, whether that pays or not.
   *
   * @param most the activations that may be computed exactly
   * @return empty if there would be more, or the bound does not hold
   */
  Optional<CpuWinners> screen(
      CpuTensor x,
      CpuTensor weights,
      CpuTensor bias,
      SelectionRule rule,
      IntFunction<CpuWinners> room,
      long most) {
    Batch batch = new Batch(x, weights, bias, !(rule instanceof SelectionRule.Lifetime));
    Effort effort = new Effort(most);
    if (!effort.require(batch.pack(execution, worker -> blocks[worker], rounded, packed))) {
      return Optional.empty();
    }
    ExactSums exact = new ExactSums(execution, order(x, weights, rule), batch);
    if (rule instanceof SelectionRule.Lifetime(int k)) {
      CpuWinners winners = room.apply(rule.capacity(Shape.of(x.rowCount(), weights.rowCount())));
      new UnitScreening(batch, exact, effort, k, winners).run(execution, worker -> blocks[worker]);
      return Optional.of(winners).filter(_ -> effort.continues());
    }
    return new SampleScreening(
            execution, batch, weights.rowCount(), effort, rule, guess(x, weights, rule))
        .run(worker -> blocks[worker], most)
        .map(
            found -> {
              found.evaluate(exact);
              return found.select(rule, room);
            });
  }

  private ThresholdGuess guess(CpuTensor x, CpuTensor weights, SelectionRule rule) {
    long k =
        switch (rule) {
          case SelectionRule.PerSample(int most) -> most;
          case SelectionRule.Global(int most) -> most;
          default -> 0;
        };
    if (guesses.size() >= GUESSES) {
      guesses.clear();
    }
    Encoding encoding = new Encoding(x.rowSize(), weights.rowCount(), rule.getClass(), k);
    return guesses.computeIfAbsent(encoding, _ -> new ThresholdGuess());
  }

  /** Whether a batch is large enough, and few enough of its activations win. */
  private static boolean pays(CpuTensor x, CpuTensor weights, SelectionRule rule) {
    int samples = x.rowCount();
    int units = weights.rowCount();
    long activations = (long) samples * units;
    int terms = x.rowSize();
    boolean few =
        switch (rule) {
          case SelectionRule.Lifetime(int k) -> (long) k * WINNERS <= samples;
          case SelectionRule.PerSample(int k) -> (long) k * WINNERS <= units;
          case SelectionRule.Global(int k) -> (long) k * WINNERS <= activations;
          case SelectionRule.Above(_) -> true;
          default -> false;
        };
    return few
        && terms >= LEAST_TERMS
        && terms <= ErrorBound.MOST_TERMS
        && samples <= MOST_NUMBERS / terms
        && activations <= Integer.MAX_VALUE
        && activations >= LEAST_ACTIVATIONS;
  }

  /** The order in which the float32 kernels add up for that rule. */
  private SumOrder order(CpuTensor x, CpuTensor weights, SelectionRule rule) {
    return switch (rule) {
      case SelectionRule.Lifetime(_), SelectionRule.PerSample(_) -> SumOrder.fromBias(x.rowSize());
      default -> GemmKernel.order(x, weights, execution);
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
