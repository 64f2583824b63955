package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.ProgressListener;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import dev.wta.models.storage.FeatureStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A probe of features in a file is the probe of features in memory. */
class StoredFeaturesTest {
  private static final Backend BACKEND = Backends.named("cpu", BackendOptions.defaults());

  /** Several of the solver's blocks of rows. */
  private static final LabelledPoints WIDE =
      LabelledPoints.clouds("wide", 700, 4200, 0.05, 3, i -> i % 3).rectified();

  private static final LabelledPoints NARROW =
      LabelledPoints.clouds("narrow", 400, 20, 0.4, 5, i -> i % 4).rectified();

  @TempDir Path folder;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  private static Dataset data(LabelledPoints points) {
    float[] flat = new float[points.points().length * points.inputs()];
    for (int i = 0; i < points.points().length; i++) {
      System.arraycopy(points.points()[i], 0, flat, i * points.inputs(), points.inputs());
    }
    return MemoryDataset.of(points.name(), Shape.of(points.inputs()), flat, points.labels());
  }

  private Features features(LabelledPoints points, long memory) {
    return Features.ofSamples(BACKEND, data(points), new FeatureStorage(memory, folder));
  }

  private LinearClassifier fit(LinearProbe probe, LabelledPoints points, long memory) {
    try (Features features = features(points, memory)) {
      assertThat(features.file().isPresent()).isEqualTo(memory < Long.MAX_VALUE);
      return probe.fit(features, points.labels());
    }
  }

  private static LinearProbe probe(String kind, String scaling, CostChoice cost) {
    ProbeOptions options =
        ProbeOptions.defaults().withScaling(FeatureScaling.parse(scaling)).withCost(cost);
    return kind.equals("svm") ? new LinearSvm(options) : new SoftmaxRegression(options);
  }

  /** 8 MiB hold the rows that a Newton step needs, but not all of them; 0 MiB hold none. */
  @ParameterizedTest
  @CsvSource({
    "svm, square-root+sample-norm, 8",
    "svm, square-root+sample-norm, 0",
    "svm, deviation+sample-norm, 0",
    "svm, square-root, 0",
    "softmax, mean-norm, 0",
    "softmax, sample-norm, 8",
  })
  void hasTheSameBitsWhereTheProductIsTakenBlockByBlock(String kind, String scaling, long mib) {
    LinearProbe any = probe(kind, scaling, new CostChoice.Fixed(30));
    LinearProbe probe = any.with(any.options().withTolerance(0.03));
    LinearClassifier expected = fit(probe, WIDE, Long.MAX_VALUE);
    LinearClassifier actual = fit(probe, WIDE, mib << 20);

    assertThat(actual.weights()).containsExactly(expected.weights());
    assertThat(actual.trainError()).isEqualTo(expected.trainError());
    assertThat(actual.summary().products()).isEqualTo(expected.summary().products());
  }

  /** In memory the product adds up in an order of its own. */
  @ParameterizedTest
  @CsvSource({"none", "mean-norm", "deviation+mean-norm"})
  void hasTheSameMinimumWhereTheProductIsTakenAtOnce(String scaling) {
    LinearProbe probe = probe("svm", scaling, new CostChoice.Fixed(1));
    LinearClassifier expected = fit(probe, WIDE, Long.MAX_VALUE);
    LinearClassifier actual = fit(probe, WIDE, 0);

    for (int k = 0; k < 3; k++) {
      double minimum = expected.summary().objectives()[k];
      assertThat(actual.summary().objectives()[k]).isCloseTo(minimum, within(1e-4 * minimum));
    }
    assertThat(actual.trainError()).isEqualTo(expected.trainError());
  }

  @Test
  void choosesTheSameC() {
    for (String kind : List.of("svm", "softmax")) {
      LinearProbe probe = probe(kind, "sample-norm", CostChoice.Grid.standard());
      LinearClassifier expected = fit(probe, NARROW, Long.MAX_VALUE);
      LinearClassifier actual = fit(probe, NARROW, 0);
      assertThat(actual.grid()).isEqualTo(expected.grid());
      assertThat(actual.c()).isEqualTo(expected.c());
      assertThat(actual.weights()).containsExactly(expected.weights());
    }
  }

  private ProbeReport experiment(long memory, List<String> notes) {
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void progressed(String stage, long done, long total) {}

          @Override
          public void noted(String note) {
            notes.add(note);
          }
        };
    LinearProbe probe =
        new LinearSvm(
            ProbeOptions.defaults()
                .withListener(listener)
                .withScaling(FeatureScaling.parse("square-root+sample-norm")));
    FewLabels few =
        new FewLabels(probe, List.of(40, 400), new LabelledSubsets.Random(3, Seed.of(2)));
    return new ProbeExperiment(probe, Optional.of(few), new FeatureStorage(memory, folder))
        .runOnSamples(BACKEND, data(NARROW), data(NARROW.range(0, 100)));
  }

  @Test
  void judgesByFewLabelsAndSaysHowOftenTheFileWasRead() {
    List<String> notes = new ArrayList<>();
    ProbeReport stored = experiment(0, notes);
    ProbeReport inMemory = experiment(Long.MAX_VALUE, new ArrayList<>());

    assertThat(stored.result().testError()).isEqualTo(inMemory.result().testError());
    assertThat(stored.result().confusion()).isEqualTo(inMemory.result().confusion());
    for (int i = 0; i < 2; i++) {
      assertThat(stored.fewLabels().get(i).draws()).isEqualTo(inMemory.fewLabels().get(i).draws());
    }
    assertThat(notes)
        .anyMatch(note -> note.matches("400 x 20 features .* are in a file"))
        .anyMatch(
            note -> note.matches("the file of features was read \\d+\\.\\d times, in \\d+ s"));
    assertThat(folder).isEmptyDirectory();
  }
}
