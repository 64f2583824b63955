package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.samples.TrainingSamples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings on whitened samples and on random patches. */
class PreparedTrainingTest {
  private static final Shape PICTURE = Shape.of(2, 6, 6);
  private static final Map<String, Object> WHITENED =
      Map.of("preprocess", "standardise(0.1), zca(0.1)", "epochs", 3, "batch", 10);
  private static final Map<String, Object> PATCHES =
      Map.of(
          "preprocess",
          "standardise(0.1), zca(0.1, 500)",
          "epochs",
          3,
          "batch",
          10,
          "patch",
          "3x4",
          "patches-per-picture",
          2);

  @TempDir Path directory;
  private final Backend backend = TestBackends.reference();
  private final Dataset data = TestData.samples(45, PICTURE);

  @AfterEach
  void close() {
    backend.close();
  }

  private static TrainingSettings settings(Map<String, Object> given) {
    return SettingsSpec.of(TrainingSettings.DEFAULTS).parse(given);
  }

  private Trainer trainer(Model model, Map<String, Object> given, String run) {
    return Trainer.of(model).data(data).settings(settings(given)).to(directory.resolve(run));
  }

  private FcWta model(Map<String, Object> given) {
    Shape sample = settings(given).sampleShape(data);
    return FcWta.Settings.DEFAULTS.hidden(8).lifetime(0.2).on(sample, backend, Seed.of(1));
  }

  private void train(Map<String, Object> given, String run) {
    try (FcWta model = model(given)) {
      trainer(model, given, run).train();
    }
  }

  /** Stops after so many steps, and resumes with a new model, as another process would. */
  private void trainInTwo(Map<String, Object> given, String run, int steps) {
    try (FcWta model = model(given)) {
      Trainer first = trainer(model, given, run);
      stopAfter(steps, first);
      assertThat(first.train().status()).isEqualTo(TrainingResult.Status.STOPPED);
    }
    try (FcWta model = model(given)) {
      trainer(model, given, run).resume().train();
    }
  }

  private void assertSameModel(String run, String other) {
    assertThat(directory.resolve(run).resolve("model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve(other).resolve("model.safetensors"));
  }

  @Test
  void keptSamplesGiveTheBitsOfThoseThatAreNot() {
    train(WHITENED, "kept");
    Map<String, Object> each = new HashMap<>(WHITENED);
    each.put("keep-preprocessed", false);
    train(each, "each");
    assertSameModel("kept", "each");
  }

  @Test
  void keptSamplesAreThereUntilTheRunIsOver() {
    List<String> stages = new ArrayList<>();
    List<Boolean> there = new ArrayList<>();
    Path file = directory.resolve("run/preprocessed.arrow");
    try (FcWta model = model(WHITENED)) {
      trainer(model, WHITENED, "run")
          .listen(
              new TrainingListener() {
                @Override
                public void preparing(String stage, long done, long total) {
                  stages.add(stage);
                }

                @Override
                public void epochEnded(int epoch, long step) {
                  there.add(Files.exists(file));
                }
              })
          .train();
    }
    assertThat(stages)
        .contains(
            "taking the mean",
            "taking the covariance",
            "decomposing the covariance of 72",
            "pre-processing");
    assertThat(there).containsExactly(true, true, true);
    assertThat(file).doesNotExist();
  }

  @Test
  void aStoppedRunResumesToTheSameBits() {
    train(WHITENED, "whole");
    trainInTwo(WHITENED, "halves", 7);
    assertSameModel("whole", "halves");
    train(PATCHES, "whole-patches");
    for (int steps : new int[] {4, 9, 20}) { // an epoch of 90 patches has 9
      trainInTwo(PATCHES, "after-" + steps, steps);
      assertSameModel("whole-patches", "after-" + steps);
    }
  }

  @Test
  void eachEpochHasPatchesOfItsOwn() {
    TrainingSamples samples = settings(PATCHES).samplesOf(data);
    assertThat(samples.size()).isEqualTo(90);
    assertThat(samples.sampleShape()).isEqualTo(Shape.of(2, 3, 4));
    float[] first = values(samples.ofEpoch(0));
    assertThat(values(samples.ofEpoch(0))).isEqualTo(first);
    assertThat(values(samples.ofEpoch(1))).isNotEqualTo(first);
    assertThat(samples.forFitting().size()).isBetween(100_000, 101_000);
  }

  private static float[] values(Dataset patches) {
    float[] values = new float[90 * 24];
    patches.read(0, 90, values, 0);
    return values;
  }

  @Test
  void theRunKnowsThePicturesAndThePatches() {
    train(PATCHES, "run");
    RunDirectory run = RunDirectory.open(directory.resolve("run"));
    assertThat(run.config().sample()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(run.config().data()).containsEntry("shape", List.of(2, 6, 6));
    assertThat(run.config().training())
        .containsEntry("patch", "3x4")
        .containsEntry("patches-per-picture", 2);
    Preprocessing saved = run.preprocessing();
    Dataset patches = settings(PATCHES).samplesOf(data).forFitting();
    assertThat(saved)
        .isEqualTo(Preprocessing.fit(List.of("standardise(0.1)", "zca(0.1,500)"), patches));
    try (Model model = run.loadModel(backend)) {
      assertThatThrownBy(() -> model.encode(data))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("samples of shape 2x6x6, and the model takes 2x3x4")
          .hasMessageContaining("a model of patches takes no whole pictures");
      assertThat(model.encode(TestData.samples(3, Shape.of(2, 3, 4))).samples()).isEqualTo(3);
    }
  }

  @Test
  void anotherPatchIsAnotherTraining() {
    train(PATCHES, "run");
    Map<String, Object> other = new HashMap<>(PATCHES);
    other.put("patches-per-picture", 1);
    try (FcWta model = model(other)) {
      assertThatThrownBy(() -> trainer(model, other, "run").resume().train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'patches-per-picture' is 2 in the run, and 1 here");
    }
  }

  @Test
  void patchesWorkAsALibrary() {
    try (FcWta model =
        FcWta.Settings.DEFAULTS
            .hidden(8)
            .lifetime(0.2)
            .on(Shape.of(2, 3, 3), backend, Seed.of(1))) {
      Trainer trainer = Trainer.of(model).data(data).batch(10).epochs(1);
      assertThat(trainer.patches(new PatchSize(3, 3)).train().steps()).isEqualTo(5);
    }
  }
}
