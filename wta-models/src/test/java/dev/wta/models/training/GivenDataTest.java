package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Validation data of the caller's, samples in arrays and batches, and what training answers. */
class GivenDataTest {
  private static final Shape SAMPLE = Shape.of(1, 8, 8);
  private static final Shape TARGET = Shape.of(10);

  @TempDir private Path directory;

  private static Model topK(Backend backend) {
    return TopKSae.Settings.DEFAULTS.hidden(16).k(3).on(Shape.of(12), backend, Seed.of(1));
  }

  static Stream<ModelFamily> families() {
    return ModelFamilies.all().stream()
        .filter(family -> !List.of("my-k-sparse", "lifetime-sae").contains(family.name()));
  }

  private static FeatureExtractor small(ModelFamily family, Backend backend) {
    Map<String, Object> settings =
        switch (family.name()) {
          case "conv-wta" -> Map.of("layers", "4conv3-4deconv3");
          case "stacked" ->
              Map.of(
                  "layers",
                  List.of(
                      Map.of("model", "fc-wta", "hidden", 12, "epochs", 2),
                      Map.of("model", "topk", "hidden", 9, "k", 2, "epochs", 2)));
          case "drsae" -> new HashMap<>(Map.of("hidden", 12, "classes", 3));
          default -> new HashMap<>(Map.of("hidden", 140));
        };
    if (family.transcodes()) {
      settings.putAll(TranscoderSettings.outputs(TARGET));
    }
    return family.create(family.settings().parse(settings), SAMPLE, backend, Seed.of(1));
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFamilyIsJudgedByValidationData(ModelFamily family) {
    try (Backend backend = TestBackends.open("cpu", 2);
        FeatureExtractor model = small(family, backend)) {
      Dataset held = TestData.samples(21, SAMPLE);
      Trainer trainer =
          Trainer.of(model).data(TestData.samples(60, SAMPLE)).to(directory.resolve("run"));
      if (family.transcodes()) {
        trainer.target(TestData.targets(60, TARGET)).validation(held, TestData.targets(21, TARGET));
      } else {
        trainer.validation(held);
      }
      if (!family.trainsByLayer()) {
        Map<String, Object> settings = new HashMap<>(Map.of("epochs", 2, "batch", 20));
        if (family.classifies()) {
          settings.put("pretraining", 0);
        }
        trainer.settings(TrainingSettings.of(family).parse(settings));
      }
      List<Integer> trainedOn = new ArrayList<>();
      trainer.listen(
          new TrainingListener() {
            @Override
            public void started(TrainingInfo info) {
              trainedOn.add(info.samples());
            }
          });
      TrainingResult trained = trainer.train();
      assertThat(trainedOn).as("nothing is held out besides").containsOnly(60);
      RunDirectory run = trained.run().orElseThrow();
      RunDirectory judged = family.trainsByLayer() ? run.layers().getLast() : run;
      assertThat(judged.state().orElseThrow().best()).isPresent();
      assertThat(run.config().data().get("validation"))
          .asInstanceOf(InstanceOfAssertFactories.MAP)
          .containsEntry("samples", 21)
          .containsEntry("digest", held.digest());
    }
  }

  @Test
  void aRunResumesWithTheSameValidationDataOnly() {
    Path run = directory.resolve("run");
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      Dataset data = TestData.samples(60, Shape.of(12));
      Dataset held = TestData.samples(20, Shape.of(12));
      Trainer.of(model).data(data).validation(held).epochs(2).to(run).train();
      Trainer.of(model).data(data).validation(held).epochs(3).to(run).resume().train();
      for (Trainer other :
          List.of(
              Trainer.of(model).data(data),
              Trainer.of(model).data(data).validation(TestData.samples(19, Shape.of(12))))) {
        assertThatThrownBy(() -> other.epochs(4).to(run).resume().train())
            .isInstanceOf(WtaException.class)
            .hasMessageContaining("the validation data is sha256:");
      }
    }
  }

  @Test
  void validationDataOfAnotherShapeOrWithoutLabelsAreRefused() {
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend);
        FeatureExtractor classifier = small(ModelFamilies.named("drsae"), backend)) {
      Trainer trainer = Trainer.of(model).data(TestData.samples(60, Shape.of(12)));
      assertThatThrownBy(() -> trainer.validation(TestData.samples(20, Shape.of(11))).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("samples of shape 11, and the model takes 12");
      assertThatThrownBy(
              () -> trainer.validation(trainerData(12), TestData.targets(20, TARGET)).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("has no validation target");
      Dataset unlabelled = MemoryDataset.of("bare", SAMPLE, new float[64 * 5]);
      assertThatThrownBy(
              () ->
                  Trainer.of(classifier)
                      .data(TestData.samples(60, SAMPLE))
                      .validation(unlabelled)
                      .train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("bare has no labels");
    }
  }

  private static Dataset trainerData(int width) {
    return TestData.samples(20, Shape.of(width));
  }

  private static float[][] rows(Dataset data) {
    float[][] rows = new float[data.size()][Math.toIntExact(data.sampleShape().size())];
    for (int i = 0; i < rows.length; i++) {
      data.read(i, 1, rows[i], 0);
    }
    return rows;
  }

  private static float[] trained(UnaryOperator<Trainer> data) {
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      data.apply(Trainer.of(model)).batch(20).epochs(2).train();
      return backend.memory().download(model.parameters().getFirst().value());
    }
  }

  @Test
  void arraysAndBatchesTrainAsTheirDataSetDoes() {
    Dataset data = TestData.samples(70, Shape.of(12));
    float[][] rows = rows(data);
    List<float[][]> batches =
        List.of(
            Arrays.copyOf(rows, 1),
            new float[0][],
            Arrays.copyOfRange(rows, 1, 64),
            Arrays.copyOfRange(rows, 64, 70));
    float[] expected = trained(trainer -> trainer.data(data));
    assertThat(trained(trainer -> trainer.data(rows))).isEqualTo(expected);
    assertThat(trained(trainer -> trainer.data(batches))).isEqualTo(expected);
    assertThat(trained(trainer -> trainer.data(batches.stream()))).isEqualTo(expected);
  }

  @Test
  void aRunOfBatchesResumes() {
    Path run = directory.resolve("run");
    float[][] rows = rows(TestData.samples(70, Shape.of(12)));
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      Trainer.of(model).data(List.<float[][]>of(rows)).epochs(1).to(run).train();
      TrainingResult on =
          Trainer.of(model).data(Stream.<float[][]>of(rows)).epochs(2).to(run).resume().train();
      assertThat(on.epochs()).isEqualTo(2);
      assertThat(on.run().orElseThrow().config().data()).containsEntry("name", "batches");
    }
  }

  @Test
  void wrongSamplesAreNamed() {
    float[][] rows = rows(TestData.samples(5, Shape.of(12)));
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      Trainer trainer = Trainer.of(model).epochs(1);
      assertThatThrownBy(() -> trainer.data(new float[0][])).hasMessageContaining("no samples");
      assertThatThrownBy(() -> trainer.data(new float[][] {rows[0], new float[11]}))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("sample 1 has 11 numbers, and the model takes 12");
      assertThatThrownBy(() -> trainer.data(new float[][] {rows[0], null}))
          .hasMessageContaining("sample 1 is null");
      List<float[][]> ragged = List.of(rows, new float[][] {new float[3]});
      assertThatThrownBy(() -> trainer.data(ragged).train())
          .hasMessageContaining("sample 5 has 3 numbers");
      assertThatThrownBy(() -> trainer.data(List.<float[][]>of()).train())
          .hasMessageContaining("no samples");
      assertThatThrownBy(() -> trainer.data(Collections.<float[][]>singletonList(null)).train())
          .hasMessageContaining("the batch after 0 samples is null");
      rows[3][7] = Float.NaN;
      assertThatThrownBy(() -> trainer.data(rows).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("row 3");
    }
  }

  @Test
  void theResultSaysWhyItEndedAndHowTheLossFell() {
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      Trainer trainer =
          Trainer.of(model).data(TestData.samples(60, Shape.of(12))).batch(20).logEvery(2);
      TrainingResult done = trainer.epochs(4).train();
      assertThat(done.why()).isEqualTo(TrainingResult.Reason.EPOCHS_DONE);
      assertThat(done.history())
          .extracting(Measurement::step)
          .containsExactly(2L, 4L, 6L, 8L, 10L, 12L);
      assertThat(done.history().getLast()).isEqualTo(done.last().orElseThrow());
      assertThat(done.history().getLast().loss()).isLessThan(done.history().getFirst().loss());
      assertThat(done.run()).isEmpty();
      TrainingResult early = trainer.heldOut(3).patience(1).epochs(10_000).train();
      assertThat(early.why()).isEqualTo(TrainingResult.Reason.NO_BETTER_EPOCH);
      trainer.requestStop();
      assertThat(trainer.train().why()).isEqualTo(TrainingResult.Reason.REQUESTED);
    }
  }
}
