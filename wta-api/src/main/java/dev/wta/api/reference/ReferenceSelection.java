package dev.wta.api.reference;

import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.groupingBy;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Winner selection by sorting each group. */
final class ReferenceSelection implements Selection {
  private final ReferenceMemory memory;
  private final Dense dense;
  private final Convolution convolution;

  ReferenceSelection(ReferenceMemory memory, Dense dense, Convolution convolution) {
    this.memory = memory;
    this.dense = dense;
    this.convolution = convolution;
  }

  /** An activation that may win. */
  private record Candidate(int sample, int unit, int position, float activation) {}

  private record FeatureMap(int sample, int unit) {}

  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    ReferenceTensor code = memory.own(activations);
    ReferenceWinners selected = memory.own(winners);
    List<Candidate> candidates =
        new ArrayList<>(); // in index order: sample, then unit, then position
    long nans = 0;
    for (int n = 0; n < selected.samples(); n++) {
      for (int u = 0; u < selected.units(); u++) {
        for (int p = 0; p < selected.positions(); p++) {
          float activation = code.get((n * selected.units() + u) * selected.positions() + p);
          if (Float.isNaN(activation)) {
            nans++; // NaN never wins
          } else {
            candidates.add(new Candidate(n, u, p, activation));
          }
        }
      }
    }
    List<Candidate> chosen = choose(rule, candidates);
    List<Candidate> positive = chosen.stream().filter(c -> c.activation > 0).toList();
    selected.replace(list(positive), nans);
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

  private List<Candidate> choose(SelectionRule rule, List<Candidate> candidates) {
    return switch (rule) {
      case SelectionRule.Lifetime(int k) -> largestOfEach(candidates, k, Candidate::unit);
      case SelectionRule.PerSample(int k) -> largestOfEach(candidates, k, Candidate::sample);
      case SelectionRule.Global(int k) -> largestOfEach(candidates, k, c -> "the whole batch");
      case SelectionRule.Spatial() ->
          largestOfEach(candidates, 1, c -> new FeatureMap(c.sample(), c.unit()));
      case SelectionRule.Above(Tensor thresholds) -> {
        ReferenceTensor threshold = memory.own(thresholds);
        yield candidates.stream().filter(c -> c.activation > threshold.get(c.unit)).toList();
      }
      case SelectionRule.Then(SelectionRule first, SelectionRule second) ->
          choose(second, choose(first, candidates));
    };
  }

  /**
   * Exactly {@code k} of each group, all of a group that is smaller: the largest, and of equals the
   * first. Candidates come and go in index order.
   */
  private static List<Candidate> largestOfEach(
      List<Candidate> candidates, int k, Function<Candidate, Object> group) {
    return candidates.stream().collect(groupingBy(group)).values().stream()
        .flatMap(
            members ->
                members.stream()
                    // A stable sort: what is equal stays in index order.
                    .sorted(comparingDouble(Candidate::activation).reversed())
                    .limit(k))
        .sorted(
            comparingInt(Candidate::sample)
                .thenComparingInt(Candidate::unit)
                .thenComparingInt(Candidate::position))
        .toList();
  }

  private static WinnerList list(List<Candidate> winners) {
    List<Candidate> canonical =
        winners.stream()
            .sorted(
                comparingInt(Candidate::unit)
                    .thenComparingInt(Candidate::sample)
                    .thenComparingInt(Candidate::position))
            .toList();
    float[] values = new float[canonical.size()];
    for (int w = 0; w < values.length; w++) {
      values[w] = canonical.get(w).activation();
    }
    return new WinnerList(
        canonical.stream().mapToInt(Candidate::sample).toArray(),
        canonical.stream().mapToInt(Candidate::unit).toArray(),
        canonical.stream().mapToInt(Candidate::position).toArray(),
        values);
  }
}
