package dev.wta.eval.metrics;

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
import dev.wta.data.ElementType;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeResult;
import dev.wta.eval.probe.SoftmaxRegression;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.encoding.FeatureWriter;
import dev.wta.models.fc.FcWta;
import dev.wta.models.sae.StandardSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured of a whole model over a whole data set. */
class ModelEvaluationTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final int SAMPLES = 1203; // more than a batch, and a short last one

  @TempDir Path folder;

  private static MemoryDataset pictures() {
    byte[] pixels = new byte[SAMPLES * 9];
    new Random(1).nextBytes(pixels);
    int[] labels = new int[SAMPLES];
    Arrays.setAll(labels, i -> i % 3);
    return MemoryDataset.of("pictures", Shape.of(1, 3, 3), pixels, labels);
  }

  /** Reconstructions of the centre where no latent is active: of targets, not of samples. */
  @Test
  void aTranscoderIsMeasuredByItsTargets() {
    MemoryDataset samples = pictures();
    float[] values = new float[SAMPLES * 2];
    double[] centre = {3, 5};
    for (int i = 0; i < values.length; i++) {
      values[i] = (i / 2) % 4;
    }
    MemoryDataset targets = MemoryDataset.of("targets", Shape.of(2), values);
    TranscoderSettings<StandardSae.Settings> settings =
        TranscoderSettings.of(StandardSae.Settings.DEFAULTS.hidden(4), Shape.of(2));
    try (Model model = settings.on(samples.sampleShape(), BACKEND, Seed.of(1))) {
      for (Parameter parameter : model.parameters()) {
        switch (parameter.name()) {
          case "encoder.bias" -> BACKEND.memory().fill(parameter.value(), -1e6f);
          case "decoder.bias" -> BACKEND.memory().upload(new float[] {3, 5}, 0, parameter.value());
          default -> {}
        }
      }
      double error = 0;
      double variation = 0;
      double mean = Arrays.stream(values(values)).sum() / values.length;
      for (int i = 0; i < values.length; i++) {
        error += Math.pow(values[i] - centre[i % 2], 2);
        variation += Math.pow(values[i] - mean, 2);
      }
      SparsityMetrics measured =
          SparsityMeter.of(model, samples, Optional.of(targets), ProgressListener.SILENT).metrics();
      assertThat(measured.explainedVariance()).isCloseTo(1 - error / variation, within(1e-6));
      assertThat(measured.meanSquaredError()).isCloseTo(error / values.length, within(1e-5));
      SparsityMetrics without = SparsityMetrics.of(model, samples);
      assertThat(without.explainedVariance()).isNaN();
      assertThat(without.l0()).isZero();
    }
  }

  private static double[] values(float[] floats) {
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  /** Counts the samples that are read, but for its digest. */
  private static final class CountedReads implements Dataset {
    private final Dataset data;
    private int samplesRead;

    CountedReads(Dataset data) {
      this.data = data;
    }

    @Override
    public String name() {
      return data.name();
    }

    @Override
    public int size() {
      return data.size();
    }

    @Override
    public Shape sampleShape() {
      return data.sampleShape();
    }

    @Override
    public ElementType elementType() {
      return data.elementType();
    }

    @Override
    public boolean labelled() {
      return data.labelled();
    }

    @Override
    public int[] labels() {
      return data.labels();
    }

    @Override
    public void read(int from, int count, float[] target, int offset) {
      samplesRead += count;
      data.read(from, count, target, offset);
    }

    @Override
    public String digest() {
      return data.digest();
    }

    @Override
    public void close() {
      data.close();
    }
  }

  private static FcWta model() {
    return FcWta.Settings.DEFAULTS
        .hidden(14)
        .lifetime(0.1)
        .init(0.5)
        .on(Shape.of(1, 3, 3), BACKEND, Seed.of(1));
  }

  @Test
  void written_features_are_the_models() {
    Path out = folder.resolve("features.arrow");
    try (Dataset data = pictures();
        FcWta model = model();
        Features features = model.encode(data)) {
      FeatureWriter.write(model, data, out, Map.of("source", "test"), (done, total) -> true);
      float[] expected = BACKEND.memory().download(features.values());
      try (ArrowDataset written = ArrowDataset.open(out)) {
        assertThat(written.size()).isEqualTo(SAMPLES);
        assertThat(written.sampleShape()).isEqualTo(Shape.of(14));
        assertThat(written.elementType()).isEqualTo(ElementType.FLOAT32);
        assertThat(written.labels()).containsExactly(data.labels());
        float[] values = new float[expected.length];
        written.read(0, SAMPLES, values, 0);
        assertThat(values).containsExactly(expected);
      }
    }
  }

  @Test
  void features_of_another_models_data_are_not_written() {
    Path out = folder.resolve("features.arrow");
    try (Dataset data = MemoryDataset.of("flat", Shape.of(4), new float[8]);
        FcWta model = model()) {
      assertThatThrownBy(
              () -> FeatureWriter.write(model, data, out, Map.of(), (done, total) -> true))
          .isInstanceOf(WtaException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void the_metrics_of_a_model_are_those_of_its_code() {
    try (Dataset data = pictures();
        FcWta model = model();
        Features features = model.encode(data)) {
      SparsityMetrics metrics = SparsityMetrics.of(model, data);
      float[] code = BACKEND.memory().download(features.values());
      int active = 0;
      for (float value : code) {
        active += value != 0 ? 1 : 0;
      }
      assertThat(metrics.samples()).isEqualTo(SAMPLES);
      assertThat(metrics.l0()).isCloseTo(active / (double) SAMPLES, within(1e-9));
      assertThat(metrics.l0()).isBetween(1.0, 13.0);
      assertThat(metrics.lifetimes().stream().mapToInt(Integer::intValue).sum()).isEqualTo(14);
      assertThat(metrics.meanSquaredError()).isPositive();
      assertThat(metrics.explainedVariance()).isLessThan(1);
    }
  }

  /** A lifetime of 0.1 leaves each of 14 units at most 100 of 1000 samples, then 20 of 203. */
  @Test
  void the_l0_of_what_is_decoded_goes_with_its_error() {
    try (Dataset data = pictures();
        FcWta model = model()) {
      SparsityMetrics metrics = SparsityMetrics.of(model, data);
      assertThat(metrics.decodedL0()).isBetween(1.0, 14 * 120.0 / SAMPLES);
      assertThat(metrics.l0()).isGreaterThan(2 * metrics.decodedL0());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void a_sparse_autoencoder_decodes_its_features(String name) {
    ModelFamily family = ModelFamilies.named(name);
    Map<String, Object> settings = new HashMap<>(Map.of("hidden", 32, "k", 3));
    settings.keySet().removeIf(key -> family.settings().find(key).isEmpty());
    try (Dataset data = pictures();
        Model model =
            (Model)
                family.create(
                    family.settings().parse(settings), data.sampleShape(), BACKEND, Seed.of(1))) {
      Trainer.of(model).data(data).epochs(1).train();
      SparsityMetrics metrics = SparsityMetrics.of(model, data);
      assertThat(metrics.l0()).isPositive();
      assertThat(metrics.decodedL0()).isCloseTo(metrics.l0(), within(1e-9));
      double divisor =
          255 * (double) ((Map<?, ?>) steps(model).getLast()).get("divisor"); // scale, mean-norm
      assertThat(metrics.inputMeanSquaredError())
          .isCloseTo(metrics.meanSquaredError() * divisor * divisor, withinPercentage(0.01));
    }
  }

  private static List<?> steps(Model model) {
    return (List<?>) model.preprocessing().orElseThrow().describe().get("steps");
  }

  @Test
  void no_error_in_the_inputs_unit_where_there_is_no_way_back() {
    try (Dataset data = pictures();
        FcWta model = model()) {
      model.preprocessWith(Preprocessing.fit(List.of("scale", "l2"), data));
      SparsityMetrics metrics = SparsityMetrics.of(model, data);
      assertThat(metrics.inputMeanSquaredError()).isNaN();
      assertThat(metrics.meanSquaredError()).isPositive();
    }
  }

  /** What a probe judges is what is measured, and each data set is read once. */
  @Test
  void an_experiment_measures_the_features_that_it_judges_in_one_pass() {
    try (CountedReads train = new CountedReads(pictures());
        CountedReads test = new CountedReads(pictures());
        FcWta model = model();
        Features features = model.encode(pictures())) {
      LinearProbe probe = LinearSvm.withC(1);
      ProbeReport report = ProbeExperiment.of(probe).run("fc", model, train, test);
      assertThat(train.samplesRead).isEqualTo(SAMPLES);
      assertThat(test.samplesRead).isEqualTo(SAMPLES);
      int[] labels = test.labels();
      ProbeResult direct = ProbeResult.of(probe, features, labels, features, labels);
      assertThat(report.result().testError()).isEqualTo(direct.testError());
      assertThat(report.result().confusion()).isEqualTo(direct.confusion());
      assertThat(report.sparsity()).contains(SparsityMetrics.of(model, test));
      assertThat(report.provenance())
          .containsEntry("of", "fc")
          .containsEntry("raw", false)
          .containsEntry("classifier", "svm")
          .containsEntry("cChosen", false);
    }
  }

  @Test
  void samples_themselves_have_no_sparsity() {
    try (Dataset data = pictures()) {
      ProbeReport report =
          ProbeExperiment.of(SoftmaxRegression.withC(1)).runOnSamples(BACKEND, data, data);
      assertThat(report.sparsity()).isEmpty();
      assertThat(report.result().features()).isEqualTo(9);
      assertThat(report.provenance()).containsEntry("raw", true).containsEntry("of", "raw samples");
    }
  }
}
