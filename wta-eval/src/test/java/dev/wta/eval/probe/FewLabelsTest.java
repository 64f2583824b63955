package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.models.Features;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewLabelsTest {
  private static final Backend BACKEND = Backends.best(BackendOptions.defaults());
  private static final LabelledPoints POINTS =
      LabelledPoints.clouds("clouds", 900, 12, 0.5, 7, i -> i % 4);
  private static final LabelledPoints TRAIN = POINTS.range(0, 600);
  private static final LabelledPoints TEST = POINTS.range(600, 900);

  private static List<FewLabelsResult> run(
      LinearProbe probe, List<Integer> labels, int repeats, long seed) {
    return run(probe, labels, new LabelledSubsets.Random(repeats, Seed.of(seed)));
  }

  private static List<FewLabelsResult> run(
      LinearProbe probe, List<Integer> labels, LabelledSubsets subsets) {
    try (Features train = TRAIN.on(BACKEND);
        Features test = TEST.on(BACKEND)) {
      ProbeResult whole = ProbeResult.of(probe, train, TRAIN.labels(), test, TEST.labels());
      return new FewLabels(probe, labels, subsets)
          .run(train, TRAIN.labels(), test, TEST.labels(), () -> whole);
    }
  }

  private static int[] perClass(int[] labels, int[] drawn, int classes) {
    int[] counts = new int[classes];
    for (int sample : drawn) {
      counts[labels[sample]]++;
    }
    return counts;
  }

  private static int[] labels(int... perClass) {
    return IntStream.range(0, perClass.length)
        .flatMap(k -> IntStream.generate(() -> k).limit(perClass[k]))
        .toArray();
  }

  @Test
  void draws_as_many_of_each_class_and_no_sample_twice() {
    int[] labels = labels(50, 60, 70);
    int[] drawn = StratifiedSample.of(labels, 90, Seed.of(3), 0);

    assertThat(perClass(labels, drawn, 3)).containsExactly(30, 30, 30);
    assertThat(drawn).isSorted().doesNotHaveDuplicates();
    assertThat(StratifiedSample.of(labels, 90, Seed.of(3), 0)).containsExactly(drawn);
    assertThat(StratifiedSample.of(labels, 90, Seed.of(3), 1)).isNotEqualTo(drawn);
    assertThat(StratifiedSample.of(labels, 90, Seed.of(4), 0)).isNotEqualTo(drawn);
  }

  @Test
  void gives_what_does_not_divide_to_some_classes_one_each() {
    int[] labels = labels(50, 50, 50);
    Set<Integer> favoured = new HashSet<>();
    for (int draw = 0; draw < 30; draw++) {
      int[] counts = perClass(labels, StratifiedSample.of(labels, 31, Seed.of(3), draw), 3);
      assertThat(counts).containsOnly(10, 11);
      favoured.add(IntStream.range(0, 3).filter(k -> counts[k] == 11).findFirst().orElseThrow());
    }
    assertThat(favoured).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void takes_all_of_a_class_that_has_too_few_and_more_of_the_others() {
    int[] labels = labels(5, 100, 0, 100);
    int[] drawn = StratifiedSample.of(labels, 61, Seed.of(3), 0);

    int[] counts = perClass(labels, drawn, 4);
    assertThat(counts[0]).isEqualTo(5);
    assertThat(counts[2]).isZero();
    assertThat(counts[1] + counts[3]).isEqualTo(56);
    assertThat(counts[1]).isBetween(27, 29);
    assertThat(StratifiedSample.of(labels, 205, Seed.of(3), 0))
        .hasSize(205)
        .doesNotHaveDuplicates();
  }

  @Test
  void draws_every_sample_equally_often() {
    int[] labels = labels(10, 10);
    int[] times = new int[20];
    for (int draw = 0; draw < 2000; draw++) {
      for (int sample : StratifiedSample.of(labels, 6, Seed.of(1), draw)) {
        times[sample]++;
      }
    }
    // 600 times each, with a standard deviation of 20
    assertThat(Arrays.stream(times).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(510, 690));
  }

  @Test
  void states_mean_and_spread_over_the_draws() {
    List<FewLabelsResult> results = run(LinearSvm.withC(1), List.of(20, 100), 4, 1);

    for (FewLabelsResult result : results) {
      double[] errors =
          result.draws().stream().mapToDouble(FewLabelsResult.Draw::testError).toArray();
      assertThat(errors).hasSize(4);
      double mean = Arrays.stream(errors).sum() / 4;
      double variance =
          Arrays.stream(errors).map(error -> (error - mean) * (error - mean)).sum() / 3;
      assertThat(result.mean()).isEqualTo(mean, within(1e-12));
      assertThat(result.std()).isEqualTo(Math.sqrt(variance), within(1e-12));
      assertThat(Arrays.stream(errors).distinct().count()).isGreaterThan(1);
    }
    assertThat(results.get(0).mean()).isGreaterThan(results.get(1).mean());
  }

  @Test
  void chooses_c_by_the_labels_that_were_drawn_and_the_same_seed_gives_the_same() {
    List<FewLabelsResult> results = run(LinearSvm.choosingC(), List.of(24), 3, 1);

    assertThat(results.getFirst().draws().stream().map(FewLabelsResult.Draw::c).distinct().count())
        .isGreaterThan(1);
    assertThat(run(LinearSvm.choosingC(), List.of(24), 3, 1).getFirst().draws())
        .isEqualTo(results.getFirst().draws());
    assertThat(run(LinearSvm.choosingC(), List.of(24), 3, 2).getFirst().draws())
        .isNotEqualTo(results.getFirst().draws());
  }

  @Test
  void has_one_draw_of_all_samples_and_no_spread_of_a_single_one() {
    List<FewLabelsResult> results = run(LinearSvm.withC(1), List.of(600, 100), 1, 1);

    assertThat(results.get(0).draws()).hasSize(1);
    assertThat(results.get(0).std()).isZero();
    assertThat(results.get(1).std()).isNull();
  }

  @Test
  void takes_the_first_samples_of_each_class() {
    LabelledSubsets first = new LabelledSubsets.First(Seed.of(1));
    int[] labels = {2, 2, 0, 2, 0, 5, 0, 5, 2};

    assertThat(first.rows(labels, 6, 0)).containsExactly(0, 1, 2, 4, 5, 7);
    assertThatThrownBy(() -> first.rows(labels, 5, 0))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the first ones of each of 3 classes")
        .hasMessageContaining("a multiple of 3");
    assertThatThrownBy(() -> first.rows(labels, 9, 0))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("9 labels are 3 of each class, and not every class has as many");
  }

  @Test
  void is_fitted_to_the_first_samples_of_each_class() {
    LabelledSubsets first = new LabelledSubsets.First(Seed.of(1));
    FewLabelsResult result = run(LinearSvm.withC(1), List.of(40), first).getFirst();

    try (Features train = TRAIN.on(BACKEND);
        Features test = TEST.on(BACKEND);
        Features forty = train.subset(first.rows(TRAIN.labels(), 40, 0))) {
      int[] labels = IntStream.range(0, 40).map(i -> i % 4).toArray(); // as the clouds' are
      double error = LinearSvm.withC(1).fit(forty, labels).error(test, TEST.labels());
      assertThat(result.mean()).isEqualTo(error).isPositive();
    }
    assertThat(result.subsets()).isEqualTo("first");
    assertThat(result.std()).isNull();
    assertThatThrownBy(() -> run(LinearSvm.withC(1), List.of(42), first))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("a multiple of 4");
  }

  @Test
  void says_how_many_labels_there_are() {
    assertThatThrownBy(() -> run(LinearSvm.withC(1), List.of(601), 1, 1))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("601 labels are asked for, and there are 600 training samples");
    assertThatThrownBy(() -> run(LinearSvm.withC(1), List.of(3), 1, 1))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("3 labels are too few for 4 classes");
  }

  @Test
  void holds_out_few_samples_in_turn_and_many_once() {
    assertThat(CostChoice.Grid.forSamples(300).splits()).isEqualTo(12);
    assertThat(CostChoice.Grid.forSamples(2000).splits()).isEqualTo(6);
    assertThat(CostChoice.Grid.forSamples(60_000)).isEqualTo(CostChoice.Grid.standard());

    int[] labels = labels(30, 30);
    int[] held = new int[60];
    for (int split = 0; split < 12; split++) {
      boolean[] fitted = HeldOut.fitted(labels, 2, 1 / 6.0, Seed.of(1), split);
      for (int i = 0; i < held.length; i++) {
        held[i] += fitted[i] ? 0 : 1;
      }
    }
    assertThat(held).containsOnly(2);
    assertThat(HeldOut.fitted(labels, 2, 1 / 6.0, Seed.of(1), 6))
        .isNotEqualTo(HeldOut.fitted(labels, 2, 1 / 6.0, Seed.of(1), 0));
  }

  @Test
  void copies_the_features_of_a_subset_in_its_order() {
    try (Features train = TRAIN.on(BACKEND);
        Features subset = train.subset(4, 5, 6, 2, 599)) {
      float[] copied = BACKEND.memory().download(subset.values());
      int[] rows = {4, 5, 6, 2, 599};
      for (int i = 0; i < rows.length; i++) {
        assertThat(Arrays.copyOfRange(copied, i * 12, (i + 1) * 12))
            .containsExactly(TRAIN.points()[rows[i]]);
      }
    }
  }
}
