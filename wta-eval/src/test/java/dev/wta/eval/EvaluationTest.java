package dev.wta.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.format.NpyMatrix;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.synthetic.SyntheticFiles;
import dev.wta.data.synthetic.TrueActivations;
import dev.wta.data.synthetic.UniformMixture;
import dev.wta.eval.dictionary.Dictionary;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on data of known features. */
class EvaluationTest {
  private static final Backend BACKEND =
      Backends.named("cpu", BackendOptions.defaults().withThreads(1));
  private static final int FEATURES = 24;
  private static final int INPUTS = 16;

  @TempDir static Path folder;

  @BeforeAll
  static void makeData() {
    UniformMixture features = new UniformMixture(FEATURES, INPUTS, 2, Seed.of(1));
    SyntheticFiles.write(features, 0, 4000, folder.resolve("train.arrow"), ProgressListener.SILENT);
    SyntheticFiles.write(
        features, 4000, 1203, folder.resolve("test.arrow"), ProgressListener.SILENT);
  }

  private static RunDirectory train(
      String family, int hidden, long seed, String name, String... steps) {
    ModelFamily known = ModelFamilies.named(family);
    Map<String, Object> wanted = new HashMap<>(Map.of("hidden", hidden, "k", 2));
    wanted.keySet().removeIf(key -> known.settings().find(key).isEmpty());
    Path out = folder.resolve(name);
    try (Dataset data = ArrowDataset.open(folder.resolve("train.arrow"));
        Model model =
            (Model)
                known.create(
                    known.settings().parse(wanted), data.sampleShape(), BACKEND, Seed.of(seed))) {
      Trainer trainer =
          Trainer.of(model).data(data).batch(100).epochs(8).seed(Seed.of(seed)).to(out);
      if (steps.length > 0) {
        trainer.preprocessing(Preprocessing.fit(List.of(steps), data));
      }
      trainer.train();
    }
    return RunDirectory.open(out);
  }

  private static Dataset test() {
    return ArrowDataset.open(folder.resolve("test.arrow"));
  }

  private static Dictionary truth() {
    NpyMatrix features = NpyMatrix.read(folder.resolve(SyntheticFiles.DICTIONARY));
    return Dictionary.of(features.values(), features.columns());
  }

  private static final class Notes implements ProgressListener {
    private final List<String> all = new ArrayList<>();

    @Override
    public void progressed(String stage, long done, long total) {
      assertThat(total).isPositive();
    }

    @Override
    public void noted(String note) {
      all.add(note);
    }
  }

  /**
   * What is known of the code is compared with what other classes measure of all samples at once.
   */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "jumprelu", "fc-wta"})
  void measuresAsTheProbeDoes(String family) {
    RunDirectory run = train(family, 30, 1, "as-probe-" + family);
    try (Dataset data = test();
        FeatureExtractor model = run.load(BACKEND);
        Features features = model.encode(data)) {
      EvaluationReport report = Evaluation.of(run, model).run(data);
      SparsityMetrics metrics = SparsityMetrics.of(model, data);
      assertThat(report.code().l0()).isCloseTo(metrics.l0(), within(1e-9));
      assertThat(report.code().deadLatents()).isEqualTo(metrics.deadUnits());
      assertThat(report.decodedL0()).isCloseTo(metrics.decodedL0(), within(1e-9));
      assertThat(report.ownUnit()).isTrue();
      var made = report.reconstruction().orElseThrow();
      assertThat(made.explainedVariance()).isCloseTo(metrics.explainedVariance(), within(1e-5));
      assertThat(made.explainedVarianceLegacy())
          .isCloseTo(metrics.explainedVarianceLegacy(), within(1e-5));
      assertThat(made.meanSquaredError())
          .isCloseTo(metrics.inputMeanSquaredError(), withinPercentage(0.01));
      double l1 = 0;
      for (float value : BACKEND.memory().download(features.values())) {
        l1 += Math.abs(value);
      }
      assertThat(report.code().l1()).isCloseTo(l1 / data.size(), withinPercentage(0.001));
      assertThat(report.against()).isEmpty();
      assertThat(report.truth()).isEmpty();
      assertThat(report.probing()).isEmpty();
      assertThat(report.dictionary().decoderCosine()).hasSize(30);
      assertThat(report.dictionary().encoderDecoderCosine().orElseThrow()).hasSize(30);
    }
  }

  @Test
  void theTrueDictionaryHasTheTruth() {
    RunDirectory run = train("topk", FEATURES, 3, "recovery");
    float[] directions = NpyMatrix.read(folder.resolve(SyntheticFiles.DICTIONARY)).values();
    try (Dataset data = test();
        FeatureExtractor model = run.load(BACKEND);
        TrueActivations real =
            TrueActivations.open(TrueActivations.beside(folder.resolve("test.arrow")), FEATURES)) {
      for (Parameter parameter : model.parameters()) {
        if (parameter.name().endsWith("coder.weight")) {
          BACKEND.memory().upload(directions, 0, parameter.value());
        }
      }
      EvaluationReport report =
          Evaluation.of(run, model).truth("truth", truth(), Optional.of(real)).run(data);
      EvaluationReport.Truth found = report.truth().orElseThrow();
      assertThat(found.comparison().mmcs()).isCloseTo(1, within(1e-5));
      assertThat(found.comparison().recovered()).isEqualTo(1);
      assertThat(found.comparison().matching().orElseThrow().mean()).isCloseTo(1, within(1e-5));
      assertThat(found.comparison().uniqueness()).isEqualTo(1);
      assertThat(found.detection().orElseThrow().trueL0()).isEqualTo(2);
      assertThat(found.detection().orElseThrow().f1()).isGreaterThan(0.6);
    }
  }

  @Test
  void runsOfOneSeedShareTheirFirstWeights() {
    RunDirectory run = train("topk", 20, 5, "same-1");
    RunDirectory same = train("batch-topk", 20, 5, "same-2");
    RunDirectory twin = train("topk", 20, 5, "same-3", "scale", "center");
    Notes notes = new Notes();
    try (Dataset data = test();
        FeatureExtractor model = run.load(BACKEND);
        FeatureExtractor other = same.load(BACKEND);
        FeatureExtractor alike = twin.load(BACKEND)) {
      EvaluationReport apart =
          Evaluation.of(run, model).listen(notes).against(same, other).run(data);
      assertThat(apart.against().orElseThrow().sharedInitialisation()).isFalse();
      assertThat(notes.all).noneMatch(note -> note.contains("same weights"));
      EvaluationReport together =
          Evaluation.of(run, model).listen(notes).against(twin, alike).run(data);
      assertThat(together.against().orElseThrow().sharedInitialisation()).isTrue();
      assertThat(together.against().orElseThrow().dictionary().mmcs()).isBetween(0.5, 1.0);
      assertThat(notes.all).anyMatch(note -> note.contains("same weights"));
    }
  }

  @Test
  void turnedDirectionsAreNotTheTruths() {
    RunDirectory run = train("topk", 20, 5, "turned", "scale", "standardise");
    try (FeatureExtractor model = run.load(BACKEND)) {
      assertThatThrownBy(() -> Evaluation.of(run, model).truth("truth", truth(), Optional.empty()))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'standardise'");
    }
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    RunDirectory run = train("topk", 20, 5, "finite");
    float[] values = new float[4 * INPUTS];
    values[INPUTS] = Float.NaN;
    try (Dataset data = MemoryDataset.of("broken", Shape.of(INPUTS), values);
        FeatureExtractor model = run.load(BACKEND)) {
      assertThatThrownBy(() -> Evaluation.of(run, model).run(data))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("broken");
    }
  }

  @Test
  void anEvaluationIsKeptAndFound() {
    RunDirectory run = train("topk", 20, 5, "kept");
    assertThat(run.evaluation()).isEmpty();
    try (Dataset data = test();
        FeatureExtractor model = run.load(BACKEND)) {
      EvaluationReport report =
          Evaluation.of(run, model).truth("truth", truth(), Optional.empty()).run(data);
      assertThat(EvaluationRecord.keep(run, report)).hasFileName("evaluation.json").exists();
    }
    Map<String, Object> kept = run.evaluation().orElseThrow();
    Map<?, ?> metrics = (Map<?, ?>) kept.get("eval_result_metrics");
    assertThat(((Map<?, ?>) metrics.get("reconstruction_quality")).keySet().toString())
        .isEqualTo("[explained_variance, explained_variance_legacy, mse, cossim, own_unit]");
    Map<?, ?> truth = (Map<?, ?>) metrics.get("truth");
    assertThat(truth.get("classification")).isNull();
    assertThat((Double) truth.get("mcc")).isBetween(0.0, 1.0);
    assertThat((List<?>) kept.get("eval_result_details")).hasSize(20);
    assertThat(RunDirectory.owns(run.path().toAbsolutePath().resolve("evaluation.json"))).isTrue();
  }
}
