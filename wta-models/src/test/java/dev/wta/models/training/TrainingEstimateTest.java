package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.sae.TopKSae;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training would take, without it. */
class TrainingEstimateTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final Dataset DATA = data(100);

  @TempDir private Path folder;

  @AfterAll
  static void closeBackend() {
    BACKEND.close();
  }

  private static Dataset data(int samples) {
    float[] values = new float[samples * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.7) + i % 5;
    }
    return MemoryDataset.of("waves", Shape.of(6), values);
  }

  private static Model topK() {
    return TopKSae.Settings.DEFAULTS.hidden(8).k(2).on(Shape.of(6), BACKEND, Seed.of(1));
  }

  @Test
  void countsStepsAndMemoryAndTimesTheFirstSteps() {
    try (Model model = topK()) {
      TrainingEstimate estimate =
          Trainer.of(model).data(DATA).batch(10).epochs(1000).heldOut(10).estimate();
      assertThat(estimate.samples()).isEqualTo(90); // ten are held out
      assertThat(estimate.stepsPerEpoch()).isEqualTo(9);
      assertThat(estimate.totalSteps()).isEqualTo(9000);
      long numbers = 8 * 6 * 2 + 8 + 6; // encoder, decoder, their biases
      assertThat(estimate.parameters()).isEqualTo(numbers);
      // Parameters, Adam's two moments, the best epoch's copy; a batch of 10 samples of 6.
      assertThat(estimate.stateBytes()).isEqualTo(4 * (4 * numbers + 60));
      assertThat(estimate.heapBytes()).isPositive();
      assertThat(estimate.timedSteps()).isEqualTo(200);
      assertThat(estimate.secondsPerStep().getAsDouble()).isPositive();
      assertThat(estimate.secondsPerEpoch().getAsDouble())
          .isEqualTo(9 * estimate.secondsPerStep().getAsDouble());
    }
  }

  @Test
  void saysWhereStepsAreTooFewToMeasure() {
    try (Model model = topK()) {
      TrainingEstimate estimate = Trainer.of(model).data(DATA).batch(50).epochs(3).estimate();
      assertThat(estimate.totalSteps()).isEqualTo(6);
      assertThat(estimate.secondsPerStep()).isEmpty();
      assertThat(estimate.secondsPerEpoch()).isEmpty();
    }
  }

  @Test
  void measuresTheFirstLayerOfAStack() {
    ModelFamily stacked = ModelFamilies.named("stacked");
    Map<String, Object> layer = Map.of("model", "fc-wta", "hidden", 4, "epochs", 500, "batch", 50);
    try (FeatureExtractor model =
        stacked.create(
            stacked.settings().parse(Map.of("layers", List.of(layer, layer))),
            Shape.of(6),
            BACKEND,
            Seed.of(1))) {
      TrainingEstimate estimate = Trainer.of(model).data(DATA).estimate();
      assertThat(estimate.totalSteps()).isEqualTo(1000);
      assertThat(estimate.notes()).anyMatch(note -> note.contains("layer 1 of 2"));
    }
  }

  @Test
  void writesNothingAndChecksTheFolder() {
    Path run = folder.resolve("run");
    try (Model model = topK()) {
      Trainer trainer = Trainer.of(model).data(DATA).epochs(1).to(run);
      trainer.estimate();
      assertThat(folder).isEmptyDirectory();
      trainer.train();
      assertThatThrownBy(trainer::estimate)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("already holds a run");
      assertThatThrownBy(() -> trainer.resume().estimate())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("leave out resume");
    }
  }
}
