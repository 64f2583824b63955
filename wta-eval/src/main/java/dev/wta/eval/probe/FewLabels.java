package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Probes features with few labelled samples: a probe is fitted to subsets of N labelled samples,
 * and its error is measured on all test samples. C is chosen by the N labels alone.
 *
 * @param probe what is fitted; where its C is to be chosen, {@link CostChoice.Grid#forSamples} does
 * @param labels the numbers of labels
 * @param subsets which samples they are of
 */
public record FewLabels(LinearProbe probe, List<Integer> labels, LabelledSubsets subsets) {
  public FewLabels {
    labels = List.copyOf(labels);
  }

  /**
   * Checks that data has enough labels.
   *
   * @throws WtaException if there are fewer than asked for, or than classes, or there is no such
   *     subset of them
   */
  public void requireEnough(int[] trainLabels) {
    long classes = Arrays.stream(trainLabels).distinct().count();
    for (int count : labels) {
      if (count > trainLabels.length) {
        throw new WtaException(
            "%,d labels are asked for, and there are %,d training samples"
                .formatted(count, trainLabels.length),
            "ask for at most as many");
      }
      if (count < classes) {
        throw new WtaException(
            "%d labels are too few for %d classes".formatted(count, classes),
            "ask for at least two of each class");
      }
      if (count < trainLabels.length) {
        subsets.rows(trainLabels, count, 0);
      }
    }
  }

  /**
   * Which classes have too few samples for an equal part in a number of labels, so that others make
   * up for them: a sentence for each such number.
   */
  public List<String> shortages(int[] trainLabels) {
    SortedMap<Integer, Long> sizes =
        Arrays.stream(trainLabels)
            .boxed()
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    List<String> shortages = new ArrayList<>();
    for (int count : labels) {
      int part = count / sizes.size();
      List<String> few =
          sizes.entrySet().stream()
              .filter(size -> size.getValue() < part)
              .map(size -> "class %d has %,d".formatted(size.getKey(), size.getValue()))
              .toList();
      if (!few.isEmpty() && count < trainLabels.length) {
        shortages.add(
            "%,d labels are %,d of each class, and %s: other classes make up for it"
                .formatted(count, part, String.join(", ", few)));
      }
    }
    return shortages;
  }

  /**
   * Fits and measures.
   *
   * @param train {@code (samples, features)}; a subset's are copied while it is fitted
   * @param whole what the probe does with all labels; asked for if they are among the numbers
   * @throws WtaException if there are too few samples
   */
  public List<FewLabelsResult> run(
      Features train,
      int[] trainLabels,
      Features test,
      int[] testLabels,
      Supplier<ProbeResult> whole) {
    requireEnough(trainLabels);
    List<FewLabelsResult> results = new ArrayList<>();
    for (int count : labels) {
      results.add(
          count == trainLabels.length
              ? withAll(count, whole.get())
              : withFew(count, train, trainLabels, test, testLabels));
    }
    return results;
  }

  private static FewLabelsResult withAll(int count, ProbeResult whole) {
    FewLabelsResult.Draw only = new FewLabelsResult.Draw(whole.testError(), whole.c());
    return new FewLabelsResult(
        count, "all", whole.testError(), Double.valueOf(0), List.of(only), whole.seconds());
  }

  private FewLabelsResult withFew(
      int count, Features train, int[] trainLabels, Features test, int[] testLabels) {
    long start = System.nanoTime();
    List<FewLabelsResult.Draw> draws = new ArrayList<>();
    for (int number = 0; number < subsets.count(); number++) {
      int[] rows = subsets.rows(trainLabels, count, number);
      int[] labelsOfRows = Arrays.stream(rows).map(row -> trainLabels[row]).toArray();
      LinearProbe here = probe.with(options(count, number));
      try (Features part = train.subset(rows)) {
        LinearClassifier classifier = here.fit(part, labelsOfRows);
        draws.add(new FewLabelsResult.Draw(classifier.error(test, testLabels), classifier.c()));
      }
    }
    return FewLabelsResult.of(count, subsets.name(), draws, (System.nanoTime() - start) / 1e9);
  }

  private ProbeOptions options(int count, int number) {
    ProbeOptions options = probe.options();
    String which = "%,d labels, subset %d of %d: ".formatted(count, number + 1, subsets.count());
    ProgressListener listener = options.listener();
    ProbeOptions here =
        options
            .withSeed(subsets.heldOutSeed(number))
            .withListener((stage, done, total) -> listener.progressed(which + stage, done, total));
    return options.cost() instanceof CostChoice.Grid
        ? here.withCost(CostChoice.Grid.forSamples(count))
        : here;
  }
}
