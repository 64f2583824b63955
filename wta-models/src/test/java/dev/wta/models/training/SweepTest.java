package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models trained together have the bits that they have alone. */
class SweepTest {
  private static final int FEATURES = 12;

  /** More samples than the shuffle buffer of these tests, and than one block of it. */
  private final Dataset data = TestData.patterns(2500, Shape.of(FEATURES));

  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir private Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private Backend backend(int threads) {
    Backend backend = TestBackends.open("cpu", threads);
    opened.add(backend);
    return backend;
  }

  /** A trainer of a new model. */
  private Trainer trainer(
      String family, Map<String, Object> model, Map<String, Object> training, Backend backend) {
    ModelFamily named = ModelFamilies.named(family);
    Map<String, Object> settings = new LinkedHashMap<>(model);
    settings.put("hidden", 16);
    Map<String, Object> all =
        new LinkedHashMap<>(
            Map.of("batch", 100, "epochs", 2, "shuffle-buffer", 1200, "checkpoint-every", 7));
    all.putAll(training);
    TrainingSettings parsed = TrainingSettings.of(named).parse(all);
    Model made =
        (Model)
            named.create(
                named.settings().parse(settings),
                data.sampleShape(),
                backend,
                Seed.of(parsed.seed()));
    opened.add(made);
    return Trainer.of(made).data(data).settings(parsed);
  }

  /** What differs between the models of a sweep, for two families. */
  private static List<Map<String, Object>> models(String family) {
    return family.equals("topk")
        ? List.of(Map.of("k", 2), Map.of("k", 3), Map.of("k", 3))
        : List.of(Map.of("lifetime", 0.1), Map.of("lifetime", 0.3), Map.of("lifetime", 0.3));
  }

  private static final List<Map<String, Object>> TRAINING =
      List.of(
          Map.of("held-out", 10),
          Map.of("held-out", 10, "rate", 0.01),
          Map.of("held-out", 10, "seed", 5, "order-seed", 1));

  private List<Trainer> trainers(String family, String place, Backend... backends) {
    List<Trainer> trainers = new ArrayList<>();
    for (int i = 0; i < TRAINING.size(); i++) {
      trainers.add(
          trainer(family, models(family).get(i), TRAINING.get(i), backends[i % backends.length])
              .to(folder.resolve(place + i)));
    }
    return trainers;
  }

  private void assertSameRuns(String place, String other) throws IOException {
    for (int i = 0; i < TRAINING.size(); i++) {
      for (String file : List.of("model.safetensors", "trainer.safetensors")) {
        assertThat(checkpointFile(place + i, file))
            .as("%s of model %d", file, i)
            .isEqualTo(checkpointFile(other + i, file));
      }
      List<Map<String, Object>> metrics = metrics(place + i);
      assertThat(metrics).isNotEmpty().isEqualTo(metrics(other + i));
    }
  }

  private byte[] checkpointFile(String run, String name) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve(name));
  }

  private List<Map<String, Object>> metrics(String run) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Map<String, Object> line : RunDirectory.open(folder.resolve(run)).readMetrics()) {
      Map<String, Object> kept = new LinkedHashMap<>(line);
      kept.keySet().removeIf(key -> key.endsWith("PerSecond") || key.equals("readWaitSeconds"));
      lines.add(kept);
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "fc-wta"})
  void aModelOfASweepHasTheBitsThatItHasAlone(String family) throws IOException {
    for (Trainer alone : trainers(family, "alone", backend(2))) {
      alone.train();
    }
    List<Sweep.Outcome> outcomes = Sweep.of(trainers(family, "together", backend(2))).train();
    assertThat(outcomes).hasSize(3).allMatch(Sweep.Outcome::finished);
    assertThat(checkpointFile("together1", "model.safetensors"))
        .isNotEqualTo(checkpointFile("together2", "model.safetensors"));
    assertSameRuns("together", "alone");
    Sweep.of(trainers(family, "parallel", backend(1), backend(1))).train();
    assertSameRuns("parallel", "alone");
  }

  @Test
  void aKilledSweepResumesWhereEachOfItsRunsStands() throws IOException {
    Backend backend = backend(1);
    for (Trainer alone : trainers("topk", "alone", backend)) {
      alone.train();
    }
    List<Trainer> killed = trainers("topk", "killed", backend);
    killed
        .get(1)
        .listen(
            new TrainingListener() {
              @Override
              public void stepped(StepReport report) {
                if (report.step() == 28) { // the first model has saved this step, this one has not
                  throw new IllegalStateException("killed");
                }
              }
            });
    assertThatThrownBy(() -> Sweep.of(killed).train()).hasMessage("killed");
    assertThat(stepOf("killed0")).isEqualTo(28);
    assertThat(stepOf("killed1")).isEqualTo(21);
    List<Trainer> again = trainers("topk", "killed", backend);
    again.forEach(Trainer::resume);
    assertThat(Sweep.of(again).train()).allMatch(Sweep.Outcome::finished);
    assertSameRuns("killed", "alone");
  }

  private long stepOf(String run) {
    return RunDirectory.open(folder.resolve(run)).state().orElseThrow().step();
  }

  @Test
  void aStoppedSweepIsSavedAndResumes() throws IOException {
    Backend backend = backend(1);
    for (Trainer alone : trainers("topk", "alone", backend)) {
      alone.train();
    }
    List<Trainer> stopped = trainers("topk", "stopped", backend);
    Sweep sweep = Sweep.of(stopped);
    stopped
        .get(2)
        .listen(
            new TrainingListener() {
              @Override
              public void stepped(StepReport report) {
                if (report.step() == 10) {
                  sweep.requestStop();
                }
              }
            });
    assertThat(sweep.train())
        .allMatch(each -> each.result().orElseThrow().status() == TrainingResult.Status.STOPPED);
    assertThat(stepOf("stopped0")).isEqualTo(10);
    List<Trainer> again = trainers("topk", "stopped", backend);
    again.forEach(Trainer::resume);
    Sweep.of(again).train();
    assertSameRuns("stopped", "alone");
  }

  @Test
  void oneModelThatDivergesLeavesTheOthers() throws IOException {
    Backend backend = backend(1);
    Trainer alone = trainer("topk", Map.of("k", 2), Map.of(), backend).to(folder.resolve("alone0"));
    alone.train();
    List<Sweep.Outcome> outcomes =
        Sweep.of(
                List.of(
                    trainer(
                            "topk",
                            Map.of("k", 2),
                            Map.of("rate", 1000, "optimizer", "sgd", "clip", 0),
                            backend)
                        .to(folder.resolve("wild")),
                    trainer("topk", Map.of("k", 2), Map.of(), backend).to(folder.resolve("tame"))))
            .train();
    assertThat(outcomes.getFirst().failure().orElseThrow()).hasMessageContaining("diverged");
    assertThat(outcomes.getLast().finished()).isTrue();
    assertThat(checkpointFile("tame", "model.safetensors"))
        .isEqualTo(checkpointFile("alone0", "model.safetensors"));
  }

  @Test
  void preprocessedSamplesAreKeptOnceForAll() throws IOException {
    Map<String, Object> whitened = Map.of("preprocess", "zca(0.1)");
    Backend backend = backend(1);
    trainer("topk", Map.of("k", 3), whitened, backend).to(folder.resolve("alone")).train();
    Sweep.of(
            List.of(
                trainer("topk", Map.of("k", 2), whitened, backend).to(folder.resolve("first")),
                trainer("topk", Map.of("k", 3), whitened, backend).to(folder.resolve("second"))))
        .train();
    assertThat(checkpointFile("second", "model.safetensors"))
        .isEqualTo(checkpointFile("alone", "model.safetensors"));
    assertThat(folder.resolve("first").resolve(RunDirectory.PREPROCESSED)).doesNotExist();
  }

  @Test
  void anEstimateIsOfAllModels() {
    Backend backend = backend(1);
    TrainingEstimate one = trainer("topk", Map.of("k", 2), Map.of(), backend).estimate();
    TrainingEstimate both =
        Sweep.of(
                List.of(
                    trainer("topk", Map.of("k", 2), Map.of(), backend),
                    trainer("topk", Map.of("k", 3), Map.of(), backend)))
            .estimate();
    assertThat(both.parameters()).isEqualTo(2 * one.parameters());
    assertThat(both.stateBytes()).isEqualTo(2 * one.stateBytes());
    assertThat(both.totalSteps()).isEqualTo(one.totalSteps());
    assertThat(both.secondsPerStep()).isPresent();
  }

  @Test
  void whatIsReadHasToBeTheSame() {
    Backend backend = backend(1);
    Trainer first = trainer("topk", Map.of("k", 2), Map.of(), backend);
    assertRefused(
        List.of(first, trainer("topk", Map.of("k", 2), Map.of("batch", 50), backend)),
        "batch is 100 in model 1 and 50 in model 2");
    assertRefused(
        List.of(first, trainer("topk", Map.of("k", 2), Map.of("seed", 2), backend)),
        "seed of the samples' order is 1 in model 1 and 2 in model 2");
    assertThatThrownBy(
            () ->
                Sweep.of(
                        List.of(
                            first,
                            trainer("topk", Map.of("k", 2), Map.of(), backend)
                                .data(TestData.vectors(100, FEATURES))))
                    .train())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("model 2 has other data");
    assertThatThrownBy(() -> Sweep.requireSwept("batch"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'batch' cannot be swept: each batch that is read");
    Sweep.requireSwept("k");
    Sweep.requireSwept("rate");
  }

  private static void assertRefused(List<Trainer> trainers, String problem) {
    assertThatThrownBy(() -> Sweep.of(trainers).train())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(problem);
  }
}
