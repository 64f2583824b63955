package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all linear probes do alike: scaling, the choice of C, prediction, refusals. */
class LinearProbeTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final LabelledPoints CODE =
      LabelledPoints.clouds("code", 300, 12, 0.6, 1, i -> i % 4).rectified();

  static Stream<LinearProbe> choosing() {
    return Stream.of(LinearSvm.choosingC(), SoftmaxRegression.choosingC());
  }

  private static LinearClassifier fit(LinearProbe probe, LabelledPoints data) {
    try (Features features = data.on(BACKEND)) {
      return probe.fit(features, data.labels());
    }
  }

  private static double[] scores(LinearClassifier classifier, LabelledPoints data) {
    try (Features features = data.on(BACKEND)) {
      return classifier.scores(features);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "mean-norm",
        "sample-norm",
        "deviation",
        "square-root",
        "square-root+mean-norm",
        "square-root+deviation+sample-norm"
      })
  void a_scaling_does_what_it_says_to_training_and_test_samples(String text) {
    FeatureScaling scaling = FeatureScaling.parse(text);
    LabelledPoints train = CODE.range(0, 200);
    LabelledPoints test = CODE.range(200, 300);
    ProbeOptions options =
        ProbeOptions.defaults().withCost(new CostChoice.Fixed(0.5)).withTolerance(1e-7);
    for (LinearProbe probe :
        List.of(
            new LinearSvm(options.withScaling(scaling)),
            new SoftmaxRegression(options.withScaling(scaling)))) {
      LinearProbe plain =
          probe instanceof LinearSvm
              ? new LinearSvm(options.withScaling(FeatureScaling.NONE))
              : new SoftmaxRegression(options.withScaling(FeatureScaling.NONE));
      LinearClassifier folded = fit(probe, train);
      LinearClassifier materialised = fit(plain, train.scaledBy(scaling, train));
      double[] expected = scores(materialised, test.scaledBy(scaling, train));
      assertThat(scores(folded, test)).containsExactly(expected, within(1e-3));
      assertThat(folded.scaling()).isEqualTo(scaling);
    }
  }

  @Test
  void scalings_read_what_they_write() {
    for (String text :
        List.of("none", "mean-norm", "square-root+sample-norm", "square-root+deviation")) {
      assertThat(FeatureScaling.parse(text)).hasToString(text);
    }
    assertThat(FeatureScaling.parse("sample-norm + square-root"))
        .hasToString("square-root+sample-norm");
    for (String text : List.of("", "unit", "mean-norm+sample-norm", "none+deviation")) {
      assertThatThrownBy(() -> FeatureScaling.parse(text))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'" + text + "'");
    }
  }

  @Test
  void constant_and_dead_features_survive_division_by_their_deviation() {
    float[] factors = new float[CODE.inputs()];
    Arrays.fill(factors, 1);
    factors[3] = 0;
    LabelledPoints data = CODE.scaled(factors);
    for (float[] point : data.points()) {
      point[5] = 7;
    }
    LinearClassifier classifier =
        fit(LinearSvm.withC(1).scaling(FeatureScaling.parse("deviation")), data);
    assertThat(classifier.trainError()).isLessThan(0.5);
    assertThat(classifier.weights()).doesNotContain(Double.NaN);
  }

  @ParameterizedTest
  @MethodSource("choosing")
  void chooses_the_c_with_the_fewest_held_out_errors(LinearProbe probe) {
    LinearClassifier classifier = fit(probe, CODE);
    assertThat(classifier.grid()).hasSizeGreaterThan(4);
    LinearClassifier.GridScore best =
        classifier.grid().stream()
            .min((a, b) -> Double.compare(a.error(), b.error())) // the first, so the smallest, C
            .orElseThrow();
    assertThat(classifier.c()).isEqualTo(best.c());
    assertThat(classifier.grid())
        .extracting(LinearClassifier.GridScore::c)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("choosing")
  void fits_all_samples_with_the_chosen_c(LinearProbe probe) {
    ProbeOptions options = probe.options().withTolerance(1e-7);
    boolean svm = probe instanceof LinearSvm;
    LinearClassifier chosen =
        fit(svm ? new LinearSvm(options) : new SoftmaxRegression(options), CODE);
    ProbeOptions given = options.withCost(new CostChoice.Fixed(chosen.c()));
    LinearClassifier direct = fit(svm ? new LinearSvm(given) : new SoftmaxRegression(given), CODE);
    assertThat(chosen.weights()).containsExactly(direct.weights(), within(1e-4));
    assertThat(direct.grid()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("choosing")
  void the_same_seed_gives_the_same_bits_and_another_draws_others(LinearProbe probe) {
    LinearClassifier first = fit(probe, CODE);
    assertThat(fit(probe, CODE).weights()).containsExactly(first.weights());
    ProbeOptions other = probe.options().withSeed(Seed.of(2));
    LinearProbe reseeded =
        probe instanceof LinearSvm ? new LinearSvm(other) : new SoftmaxRegression(other);
    assertThat(fit(reseeded, CODE).grid()).isNotEqualTo(first.grid());
  }

  @Test
  void goes_on_past_an_end_of_the_grid_where_the_best_value_lies() {
    CostChoice.Grid low = new CostChoice.Grid(1e-3, 1e-2, 1, 3, 0.25, 1);
    LinearClassifier risen = fit(new LinearSvm(ProbeOptions.defaults().withCost(low)), CODE);
    assertThat(risen.grid().getLast().c()).isGreaterThan(1e-2);
    CostChoice.Grid high = new CostChoice.Grid(1e4, 1e5, 1, 3, 0.25, 1);
    LabelledPoints noise = LabelledPoints.clouds("noise", 200, 60, 0.15, 3, i -> i % 2);
    LinearClassifier fallen = fit(new LinearSvm(ProbeOptions.defaults().withCost(high)), noise);
    assertThat(fallen.grid().getFirst().c()).isLessThan(1e4);
  }

  @Test
  void stops_the_grid_once_larger_values_do_no_better() {
    CostChoice.Grid grid = new CostChoice.Grid(1e-3, 1e6, 1, 2, 0.25, 1);
    LinearClassifier classifier = fit(new LinearSvm(ProbeOptions.defaults().withCost(grid)), CODE);
    int best = -1;
    for (int i = 0; i < classifier.grid().size(); i++) {
      best = classifier.grid().get(i).c() == classifier.c() ? i : best;
    }
    assertThat(classifier.grid()).hasSize(best + 3);
  }

  @Test
  void holds_out_the_same_part_of_each_class() {
    int[] labels = new int[130];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i < 100 ? 0 : i < 128 ? 1 : i == 128 ? 2 : 4;
    }
    labels[7] = 3;
    labels[9] = 3;
    boolean[] fitted = HeldOut.fitted(labels, 5, 1 / 6.0, Seed.of(5), 0);
    int[] held = new int[5];
    for (int i = 0; i < labels.length; i++) {
      held[labels[i]] += fitted[i] ? 0 : 1;
    }
    assertThat(held).containsExactly(16, 5, 0, 1, 0);
    assertThat(HeldOut.fitted(labels, 5, 1 / 6.0, Seed.of(5), 0)).containsExactly(fitted);
    assertThat(HeldOut.fitted(labels, 5, 1 / 6.0, Seed.of(6), 0)).isNotEqualTo(fitted);
  }

  @Test
  void predicts_the_highest_score_and_counts_what_is_wrong() {
    LabelledPoints train = CODE.range(0, 200);
    LabelledPoints test = CODE.range(200, 300);
    LinearClassifier classifier = fit(LinearSvm.withC(1), train);
    double[] scores = scores(classifier, test);
    try (Features features = test.on(BACKEND)) {
      int[] predicted = classifier.predict(features);
      int wrong = 0;
      for (int i = 0; i < predicted.length; i++) {
        double[] row = Arrays.copyOfRange(scores, i * 4, (i + 1) * 4);
        assertThat(row[predicted[i]]).isEqualTo(Arrays.stream(row).max().orElseThrow());
        wrong += predicted[i] == test.labels()[i] ? 0 : 1;
      }
      assertThat(classifier.error(features, test.labels())).isEqualTo(wrong / 100.0);
    }
    try (Features features = train.on(BACKEND)) {
      assertThat(classifier.error(features, train.labels())).isEqualTo(classifier.trainError());
    }
  }

  @Test
  void a_result_has_the_errors_and_the_confusion() {
    LabelledPoints train = CODE.range(0, 200);
    LabelledPoints test = CODE.range(200, 300);
    try (Features features = train.on(BACKEND);
        Features held = test.on(BACKEND)) {
      ProbeResult result =
          ProbeResult.of(LinearSvm.withC(1), features, train.labels(), held, test.labels());
      LinearClassifier classifier = LinearSvm.withC(1).fit(features, train.labels());
      assertThat(result.testError()).isEqualTo(classifier.error(held, test.labels()));
      assertThat(result.trainError()).isEqualTo(classifier.trainError());
      assertThat(result.c()).isEqualTo(1);
      assertThat(result.features()).isEqualTo(12);
      assertThat(result.confusion()).hasSize(4).allSatisfy(row -> assertThat(row).hasSize(4));
      assertThat(result.confusion().get(2).stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(25);
      assertThat(result.testErrorPerClass().get(2))
          .isEqualTo(1 - result.confusion().get(2).get(2) / 25.0, within(1e-12));
    }
  }

  @Test
  void a_class_without_test_samples_has_no_error() {
    ConfusionMatrix confusion = ConfusionMatrix.of(new int[] {0, 0, 2}, new int[] {0, 2, 2});
    assertThat(confusion.errorPerClass()).containsExactly(0.5, null, 0.0);
    assertThat(confusion.error()).isEqualTo(1 / 3.0, within(1e-12));
  }

  @Test
  void reports_its_progress() {
    List<String> stages = new ArrayList<>();
    fit(
        LinearSvm.choosingC()
            .listen(
                (stage, done, total) -> {
                  assertThat(done).isBetween(0L, total);
                  if (stages.isEmpty() || !stages.getLast().equals(stage)) {
                    stages.add(stage);
                  }
                }),
        CODE);
    assertThat(stages).contains("C = 0.464, value 6 of about 13").endsWith("fitting all samples");
  }

  @Test
  void refuses_what_cannot_be_fitted() {
    try (Features features = CODE.on(BACKEND)) {
      assertRefused(() -> LinearSvm.withC(1).fit(features, new int[3]), "3 labels");
      assertRefused(() -> LinearSvm.withC(1).fit(features, new int[300]), "one class");
      int[] negative = CODE.labels().clone();
      negative[8] = -1;
      assertRefused(() -> LinearSvm.withC(1).fit(features, negative), "-1");
    }
    LabelledPoints lone = LabelledPoints.clouds("lone", 3, 4, 1, 1, i -> i);
    assertRefused(() -> fit(LinearSvm.choosingC(), lone), "no class has two samples");
    LabelledPoints signed = LabelledPoints.clouds("signed", 30, 4, 1, 1, i -> i % 2);
    LinearSvm roots = LinearSvm.withC(1).scaling(FeatureScaling.parse("square-root"));
    assertRefused(() -> fit(roots, signed), "negative");
    assertThatIllegalArgumentException().isThrownBy(() -> LinearSvm.withC(0));
    assertThatIllegalArgumentException().isThrownBy(() -> LinearSvm.withC(Double.NaN));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void refuses_features_that_are_no_numbers(float value) {
    LabelledPoints broken = LabelledPoints.clouds("broken", 40, 4, 1, 1, i -> i % 2);
    LinearClassifier classifier = fit(LinearSvm.withC(1), broken);
    broken.points()[11][2] = value;
    assertRefused(() -> fit(LinearSvm.withC(1), broken), "feature 2");
    if (Float.isNaN(value)) {
      assertRefused(() -> scores(classifier, broken), "sample 11");
    }
  }

  @Test
  void refuses_features_of_another_length() {
    LinearClassifier classifier = fit(LinearSvm.withC(1), CODE);
    LabelledPoints shorter = LabelledPoints.clouds("shorter", 5, 3, 1, 1, i -> i % 2);
    assertRefused(() -> scores(classifier, shorter), "3 features");
  }

  private static void assertRefused(Runnable fit, String saying) {
    assertThatThrownBy(fit::run).isInstanceOf(WtaException.class).hasMessageContaining(saying);
  }
}
