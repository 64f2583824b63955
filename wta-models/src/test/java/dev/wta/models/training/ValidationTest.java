package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.ForwardPass;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.settings.SettingsSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Early stopping of models without a classifier, by the reconstructions of held-out samples. */
class ValidationTest {
  private static final Shape SAMPLE = Shape.of(1, 3, 4);
  private static final int SAMPLES = 90;

  @TempDir private Path directory;

  private static FcWta model(Backend backend) {
    return FcWta.Settings.DEFAULTS.hidden(20).lifetime(0.2).on(SAMPLE, backend, Seed.of(1));
  }

  private static Dataset data() {
    return TestData.samples(SAMPLES, SAMPLE);
  }

  /** The rate is so high that errors go up and down from epoch to epoch. */
  private static Trainer trainer(Model model) {
    return Trainer.of(model).data(data()).batch(20).optimizer(Adam.rate(0.1)).heldOut(3).epochs(30);
  }

  private static List<Double> errorsOf(Trainer trainer) {
    List<Double> errors = new ArrayList<>();
    trainer.listen(
        new TrainingListener() {
          @Override
          public void validated(double error, BestEpoch best) {
            errors.add(error);
          }
        });
    return errors;
  }

  /** {@code sum |x - x^|^2 / sum |x - mean|^2} of the samples held out, by hand. */
  private static double unexplained(Model model) {
    Dataset held =
        ValidationSplit.of(
                model,
                data(),
                Optional.empty(),
                SettingsSpec.of(TrainingSettings.DEFAULTS)
                    .parse(Map.of("held-out", 3, "batch", 20)))
            .validation()
            .orElseThrow();
    int inputs = Math.toIntExact(SAMPLE.size());
    double[] means = new double[inputs];
    List<float[]> originals = new ArrayList<>();
    double errors = 0;
    try (ForwardPass pass = ForwardPass.of(model, held, 20)) {
      while (pass.next()) {
        float[] made = pass.reconstructions().orElseThrow();
        for (int i = 0; i < pass.count() * inputs; i++) {
          means[i % inputs] += pass.samples()[i] / (double) held.size();
          errors += Math.pow((double) pass.samples()[i] - made[i], 2);
        }
        originals.add(Arrays.copyOf(pass.samples(), pass.count() * inputs));
      }
    }
    double variation = 0;
    for (float[] batch : originals) {
      for (int i = 0; i < batch.length; i++) {
        variation += Math.pow(batch[i] - means[i % inputs], 2);
      }
    }
    return errors / variation;
  }

  @Test
  void theModelEndsWithTheParametersOfItsBestEpoch() {
    Path run = directory.resolve("run");
    try (Backend backend = TestBackends.reference();
        Model model = model(backend)) {
      Trainer trainer = trainer(model).to(run);
      List<Double> errors = errorsOf(trainer);
      BestEpoch best = trainer.train().best().orElseThrow();
      assertThat(errors).hasSize(30);
      double lowest = errors.stream().mapToDouble(error -> error).min().orElseThrow();
      assertThat(best).isEqualTo(new BestEpoch(lowest, 1 + errors.indexOf(lowest)));
      assertThat(best.epoch()).as("so that the last epoch is another one").isLessThan(30);
      assertThat(unexplained(model)).isCloseTo(lowest, within(1e-9));
      try (Model read = RunDirectory.open(run).loadModel(backend)) {
        assertThat(unexplained(read)).isCloseTo(lowest, within(1e-9));
      }
      assertThat(RunDirectory.open(run).readMetrics())
          .filteredOn(line -> line.containsKey("validationError"))
          .hasSize(30);
    }
  }

  @Test
  void itEndsEarlyOnceThereIsNoBetterEpoch() {
    try (Backend backend = TestBackends.reference();
        Model model = model(backend)) {
      TrainingResult trained = trainer(model).epochs(500).patience(3).train();
      assertThat(trained.status()).isEqualTo(TrainingResult.Status.FINISHED);
      assertThat(trained.epochs())
          .isLessThan(500)
          .isEqualTo(trained.best().orElseThrow().epoch() + 3);
    }
  }

  @Test
  void aResumedRunEndsWithTheSameBits() {
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model = model(backend)) {
      trainer(model).to(straight).train();
    }
    for (int stopAt : new int[] {2, 40, 90}) {
      try (Backend backend = TestBackends.open("cpu", 2);
          Model model = model(backend)) {
        Trainer trainer = trainer(model).to(halting).resume(stopAt > 2);
        stopAfter(stopAt, trainer).train();
      }
    }
    assertSameBits(halting, straight);
  }

  @Test
  void patchesAreHeldOutWithTheirPictures() {
    try (Backend backend = TestBackends.reference();
        Model model =
            FcWta.Settings.DEFAULTS.hidden(9).on(Shape.of(1, 2, 2), backend, Seed.of(1))) {
      ValidationSplit split =
          ValidationSplit.of(
              model,
              data(),
              Optional.empty(),
              SettingsSpec.of(TrainingSettings.DEFAULTS)
                  .parse(Map.of("held-out", 3, "patch", "2", "patches-per-picture", 4)));
      assertThat(split.train().size()).isEqualTo(60);
      assertThat(split.train().sampleShape()).isEqualTo(SAMPLE);
      Dataset held = split.validation().orElseThrow();
      assertThat(held.sampleShape()).isEqualTo(Shape.of(1, 2, 2));
      assertThat(held.size()).isEqualTo(4 * 30);
    }
  }

  @Test
  void samplesThatDoNotVaryChooseNoEpoch() {
    float[] same = new float[SAMPLES * 12];
    Arrays.fill(same, 0.5f);
    try (Backend backend = TestBackends.reference();
        Model model = model(backend);
        Dataset constant = MemoryDataset.of("constant", SAMPLE, same)) {
      Trainer trainer = trainer(model).data(constant).epochs(3).patience(1);
      List<Double> errors = errorsOf(trainer);
      TrainingResult trained = trainer.train();
      assertThat(errors).isEmpty();
      assertThat(trained.best()).isEmpty();
      assertThat(trained.epochs()).isEqualTo(3);
    }
  }
}
