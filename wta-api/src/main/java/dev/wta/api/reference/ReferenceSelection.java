package dev.wta.api.reference;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Winner selection by sorting. */
final class ReferenceSelection implements Selection {
  private final ReferenceMemory memory;
  private final Dense dense;
  private final Convolution convolution;

  ReferenceSelection(ReferenceMemory memory, Dense dense, Convolution convolution) {
    this.memory = memory;
    this.dense = dense;
    this.convolution = convolution;
  }

  /**
   * A dense code {@code (samples, units, positions)}. Activations are named by their row-major
   * index in it.
   */
  private record Code(ReferenceTensor activations, int samples, int units, int positions) {
    IntStream indices() {
      return IntStream.range(0, activations.count());
    }

    float activation(int i) {
      return activations.get(i);
    }

    int sample(int i) {
      return i / (units * positions);
    }

    int unit(int i) {
      return i / positions % units;
    }

    /** The feature map of a sample. */
    int map(int i) {
      return i / positions;
    }

    int position(int i) {
      return i % positions;
    }
  }

  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    ReferenceWinners selected = memory.own(winners);
    Code code =
        new Code(
            memory.own(activations), selected.samples(), selected.units(), selected.positions());
    long nans = code.indices().filter(i -> Float.isNaN(code.activation(i))).count();
    // What is not positive never takes a positive one's place, so it is dropped at once.
    int[] positive = code.indices().filter(i -> code.activation(i) > 0).toArray();
    selected.replace(list(code, choose(rule, code, positive)), nans);
  }

  @Override
  public void encodeWinners(
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
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

  private int[] choose(SelectionRule rule, Code code, int[] candidates) {
    return switch (rule) {
      case SelectionRule.Lifetime(int k) -> largestOfEach(code, candidates, k, code::unit);
      case SelectionRule.PerSample(int k) -> largestOfEach(code, candidates, k, code::sample);
      case SelectionRule.Global(int k) -> largestOfEach(code, candidates, k, i -> 0);
      case SelectionRule.Spatial() -> largestOfEach(code, candidates, 1, code::map);
      case SelectionRule.Above(Tensor thresholds) -> {
        ReferenceTensor threshold = memory.own(thresholds);
        yield IntStream.of(candidates)
            .filter(i -> code.activation(i) > threshold.get(code.unit(i)))
            .toArray();
      }
      case SelectionRule.Then(SelectionRule first, SelectionRule second) ->
          choose(second, code, choose(first, code, candidates));
    };
  }

  /**
   * Exactly {@code k} of each group, all of a group that is smaller: the largest, and of equals the
   * first. All candidates are positive.
   */
  private static int[] largestOfEach(Code code, int[] candidates, int k, IntUnaryOperator groupOf) {
    int[] chosen = new int[candidates.length];
    int[] ofGroup = new int[code.activations.count()]; // there are no more groups than activations
    int count = 0;
    // Positive floats ascend as their bits do.
    for (int i : sorted(candidates, i -> -Float.floatToIntBits(code.activation(i)))) {
      if (ofGroup[groupOf.applyAsInt(i)]++ < k) {
        chosen[count++] = i;
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  /** The winners in canonical order: by unit, then sample, then position. */
  private static WinnerList list(Code code, int[] winners) {
    int[] canonical = sorted(winners, code::unit);
    float[] values = new float[canonical.length];
    for (int w = 0; w < values.length; w++) {
      values[w] = code.activation(canonical[w]);
    }
    return new WinnerList(
        IntStream.of(canonical).map(code::sample).toArray(),
        IntStream.of(canonical).map(code::unit).toArray(),
        IntStream.of(canonical).map(code::position).toArray(),
        values);
  }

  /** The indices by ascending key; those of the same key ascend. */
  private static int[] sorted(int[] indices, IntUnaryOperator key) {
    return IntStream.of(indices)
        .mapToLong(i -> (long) key.applyAsInt(i) << Integer.SIZE | i)
        .sorted()
        .mapToInt(ordered -> (int) ordered)
        .toArray();
  }
}
