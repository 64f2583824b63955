package dev.wta.eval.report;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.Digits;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Pooling;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Runs of small models on some of the built-in digits. */
final class TinyRun implements AutoCloseable {
  private static final int SAMPLES = 300;

  final Dataset data;
  final RunDirectory directory;
  final FeatureExtractor model;
  private final Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(1));

  private TinyRun(
      Path folder, Function<Backend, FeatureExtractor> family, UnaryOperator<Trainer> settings) {
    this(Digits.train().range(0, SAMPLES), folder, family, settings);
  }

  private TinyRun(
      Dataset data,
      Path folder,
      Function<Backend, FeatureExtractor> family,
      UnaryOperator<Trainer> settings) {
    this.data = data;
    model = family.apply(backend);
    settings.apply(Trainer.of(model).data(data).to(folder)).train();
    directory = RunDirectory.open(folder);
  }

  private static Trainer briefly(Trainer trainer) {
    return trainer.batch(50).epochs(4).logEvery(2);
  }

  static TinyRun fullyConnected(Path folder) {
    return new TinyRun(
        folder,
        backend ->
            FcWta.Settings.DEFAULTS
                .hidden(70)
                .lifetime(0.1)
                .on(Shape.of(1, 8, 8), backend, Seed.of(1)),
        TinyRun::briefly);
  }

  /** A run on random samples of a shape. */
  static TinyRun of(Path folder, Shape shape) {
    float[] values = new float[Math.toIntExact(20 * shape.size())];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new TinyRun(
        MemoryDataset.of("random", shape, values),
        folder,
        backend -> FcWta.Settings.DEFAULTS.hidden(5).lifetime(0.5).on(shape, backend, Seed.of(1)),
        trainer -> trainer.batch(10).epochs(2).logEvery(1));
  }

  /** A run on patches of the digits. */
  static TinyRun ofPatches(Path folder) {
    return new TinyRun(
        folder,
        backend ->
            FcWta.Settings.DEFAULTS
                .hidden(20)
                .lifetime(0.1)
                .on(Shape.of(1, 5, 4), backend, Seed.of(1)),
        trainer ->
            briefly(
                trainer.settings(
                    TrainingSettings.DEFAULTS.with("patch", TrainingSettings.patch("5x4")))));
  }

  static TinyRun convolutional(Path folder) {
    return new TinyRun(
        folder,
        backend ->
            ConvWta.Settings.DEFAULTS
                .layers("6conv3-6deconv5")
                .pool(Pooling.NONE)
                .on(Shape.of(1, 8, 8), backend, Seed.of(1)),
        TinyRun::briefly);
  }

  /** Feature maps, and units on top of them. */
  static TinyRun stacked(Path folder) {
    List<Map<String, ?>> layers =
        List.of(
            Map.of("model", "conv-wta", "layers", "6conv3-6deconv5", "pool", "3/2", "epochs", 1),
            Map.of("model", "fc-wta", "hidden", 16, "epochs", 1));
    ModelFamily family = ModelFamilies.named("stacked");
    return new TinyRun(
        folder,
        backend ->
            family.create(
                family.settings().parse(Map.of("layers", layers)),
                Shape.of(1, 8, 8),
                backend,
                Seed.of(1)),
        UnaryOperator.identity());
  }

  /** Leaves a probe's result with made-up numbers. */
  TinyRun probed() {
    directory.keepProbe(
        "svm-00000000",
        Map.of(
            "at",
            "2026-01-01T00:00:00Z",
            "classifier",
            "svm",
            "train",
            Map.of("name", "data/<train>.arrow", "samples", 1000),
            "test",
            Map.of("name", "test.arrow", "samples", 40),
            "testError",
            0.125,
            "testErrorStandardError",
            0.0523,
            "trainError",
            0.01,
            "c",
            2.15,
            "confusion",
            List.of(List.of(18, 2), List.of(3, 17))));
    directory.keepProbe(
        "few-labels",
        Map.of(
            "at",
            "2026-01-02T00:00:00Z",
            "fewLabels",
            List.of(
                Map.of("labels", 1000, "mean", 0.05, "std", 0.01),
                Map.of("labels", 100, "mean", 0.2, "std", 0.03))));
    return this;
  }

  @Override
  public void close() {
    model.close();
    backend.close();
  }
}
