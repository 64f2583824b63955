package dev.wta.models.run;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.Scaling;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.FcWta;
import dev.wta.models.io.Json;
import dev.wta.models.io.Safetensors;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.run.metrics.TfEvents;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final int FEATURES = 12;
  private static final int SAMPLES = 45; // 5 steps an epoch

  @TempDir private Path directory;
  private final Backend backend = TestBackends.reference();
  private final Dataset data = TestData.vectors(SAMPLES, FEATURES);

  @AfterEach
  void close() {
    backend.close();
  }

  private FcWta model() {
    return FcWta.Settings.DEFAULTS
        .hidden(10)
        .lifetime(0.2)
        .tied(true)
        .on(FEATURES, backend, Seed.of(1));
  }

  private Trainer trainer(Model model) {
    return Trainer.of(model)
        .data(data)
        .batch(10)
        .epochs(3)
        .optimizer(Adam.rate(0.01))
        .schedule(new Schedule.Constant())
        .logEvery(2)
        .checkpointEvery(4)
        .to(directory.resolve("run"));
  }

  private TrainingResult train(UnaryOperator<Trainer> changes) {
    try (FcWta model = model()) {
      return changes.apply(trainer(model)).train();
    }
  }

  private Path run() {
    return directory.resolve("run");
  }

  private List<Integer> stepsOfMetrics() throws IOException {
    return Files.readAllLines(run().resolve("metrics.jsonl")).stream()
        .map(RunDirectoryTest::parse)
        .map(line -> (Integer) line.get("step"))
        .toList();
  }

  private static Map<String, Object> parse(String json) {
    try {
      return Json.parse(json);
    } catch (JacksonException malformed) {
      throw new AssertionError(json, malformed);
    }
  }

  @Test
  void aRunIsRemovedAndNothingElse() throws IOException {
    RunConfig config = on(Map.of("name", "cpu"));
    RunWriter.create(run(), config, Preprocessing.none(), Optional.empty()).close();
    assertThat(RunDirectory.holdsRun(run())).isTrue();
    RunWriter.remove(run());
    assertThat(run()).doesNotExist();
    Files.createDirectories(run());
    Path notes = Files.writeString(run().resolve("notes.txt"), "mine");
    RunWriter.create(run(), config, Preprocessing.none(), Optional.empty()).close();
    RunWriter.remove(run());
    assertThat(run()).isDirectoryContaining(notes::equals);
    assertThat(run().toFile().list()).hasSize(1);
  }

  @Test
  void aRunHoldsWhatTheDesignSays() throws IOException {
    train(trainer -> trainer);
    RunDirectory read = RunDirectory.open(run());
    assertThat(run())
        .isDirectoryContaining(file -> file.endsWith("config.json"))
        .isDirectoryContaining(file -> file.endsWith("model.safetensors"))
        .isDirectoryContaining(file -> file.endsWith("trainer.safetensors"))
        .isDirectoryContaining(file -> file.endsWith("state.json"))
        .isDirectoryContaining(file -> file.endsWith("metrics.jsonl"));
    RunConfig config = read.config();
    assertThat(config.family()).isEqualTo("fc-wta");
    assertThat(config.model())
        .containsEntry("hidden", List.of(10))
        .containsEntry("competition", "lifetime(0.2)");
    assertThat(config.training())
        .containsEntry("optimizer", "adam")
        .containsEntry("rate", 0.01)
        .containsEntry("epochs", 3)
        .containsEntry("seed", 1);
    assertThat(config.data())
        .containsEntry("digest", data.digest())
        .containsEntry("samples", SAMPLES);
    assertThat(config.backend()).containsEntry("name", "reference");
    assertThat(config.versions())
        .containsEntry("java", Runtime.version().toString())
        .containsKey("wta");
    assertThat(read.preprocessing()).isEqualTo(Preprocessing.fit(List.of("scale", "center"), data));
    assertThat(read.state()).hasValueSatisfying(state -> assertThat(state.step()).isEqualTo(15));
    try (Safetensors model = Safetensors.open(run().resolve("model.safetensors"));
        Safetensors moments = Safetensors.open(run().resolve("trainer.safetensors"))) {
      assertThat(model.names())
          .containsExactly("encoder.0.weight", "encoder.0.bias", "decoder.bias");
      assertThat(model.shape("encoder.0.weight")).hasToString("10x12");
      assertThat(moments.names())
          .contains("encoder.0.weight.m", "encoder.0.weight.v", "decoder.bias.v");
    }
    assertThat(stepsOfMetrics()).containsExactly(2, 4, 6, 8, 10, 12, 14, 15);
    assertThat(parse(Files.readAllLines(run().resolve("metrics.jsonl")).getFirst()))
        .containsKeys("step", "epoch", "loss", "winnersPerSample", "imagesPerSecond", "rate");
    assertThat(TfEvents.shown(run()).get("winnersPerSample"))
        .containsOnlyKeys(2L, 4L, 6L, 8L, 10L, 12L, 14L, 15L);
  }

  @Test
  void anExistingRunIsNotOverwritten() {
    train(trainer -> trainer);
    assertThatThrownBy(() -> train(trainer -> trainer))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("already holds a run")
        .hasMessageContaining("--resume");
  }

  @Test
  void thereMustBeARunToResume() {
    assertThatThrownBy(() -> train(Trainer::resume))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("holds no run to resume");
    assertThatThrownBy(() -> RunDirectory.open(run()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("holds no run");
  }

  @Test
  void resumingWithOtherSettingsNamesTheKey() {
    train(trainer -> trainer.epochs(1));
    assertRefused(trainer -> trainer.batch(9), "'batch' is 10 in the run, and 9 here");
    assertRefused(
        trainer -> trainer.optimizer(Adam.rate(0.02)), "'rate' is 0.01 in the run, and 0.02 here");
    assertRefused(
        trainer -> trainer.optimizer(Sgd.rate(0.01)),
        "'optimizer' is adam in the run, and sgd here");
    assertRefused(trainer -> trainer.seed(Seed.of(2)), "'seed' is 1 in the run, and 2 here");
    assertRefused(trainer -> trainer.preprocessing(new Scaling(2)), "preprocessing is");
    assertRefused(trainer -> trainer.data(TestData.vectors(44, FEATURES)), "digest");
    try (FcWta other =
        FcWta.Settings.DEFAULTS
            .hidden(11)
            .lifetime(0.2)
            .tied(true)
            .on(FEATURES, backend, Seed.of(1))) {
      assertThatThrownBy(() -> trainer(other).resume().train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'hidden' is [10] in the run, and [11] here");
    }
  }

  @Test
  void epochsMayBeRaisedAndNotLowered() throws IOException {
    train(trainer -> trainer.epochs(2));
    assertRefused(
        trainer -> trainer.epochs(1), "'epochs' is 2 in the run, and cannot be lowered to 1");
    TrainingResult longer =
        train(trainer -> trainer.epochs(3).logEvery(5).checkpointEvery(1).resume());
    assertThat(longer.steps()).isEqualTo(15);
    byte[] resumed = Files.readAllBytes(run().resolve("model.safetensors"));
    assertThat(RunDirectory.open(run()).config().training()).containsEntry("epochs", 3);
    train(trainer -> trainer.to(directory.resolve("straight")));
    assertThat(resumed)
        .isEqualTo(Files.readAllBytes(directory.resolve("straight/model.safetensors")));
  }

  private void assertRefused(UnaryOperator<Trainer> changes, String answer) {
    assertThatThrownBy(() -> train(trainer -> changes.apply(trainer.resume())))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(answer);
  }

  @Test
  void aFinishedRunHasNothingToResume() throws IOException {
    train(trainer -> trainer);
    byte[] state = Files.readAllBytes(run().resolve("state.json"));
    TrainingResult again = train(Trainer::resume);
    assertThat(again.status()).isEqualTo(TrainingResult.Status.FINISHED);
    assertThat(again.steps()).isEqualTo(15);
    assertThat(Files.readAllBytes(run().resolve("state.json"))).isEqualTo(state);
  }

  @Test
  void aSecondTrainerIsKeptOut() {
    train(trainer -> trainer.epochs(1));
    try (RunLock held = RunLock.take(run())) {
      assertThatThrownBy(() -> train(trainer -> trainer.resume()))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("is being trained by another process");
      assertThat(held).isNotNull();
    }
    assertThat(train(trainer -> trainer.resume()).steps()).isEqualTo(15);
  }

  /** Dies like a process: without saving, and with metrics written past the last checkpoint. */
  @Test
  void aRunThatDiedResumesFromItsLastCheckpoint() throws IOException {
    for (int death : new int[] {1, 3, 6, 11}) {
      Path straight = directory.resolve("straight" + death);
      Path died = directory.resolve("died" + death);
      train(trainer -> trainer.to(straight));
      assertThatThrownBy(() -> train(trainer -> trainer.to(died).listen(dyingAt(death))))
          .isInstanceOf(DeathException.class);
      Files.writeString(
          died.resolve("metrics.jsonl"),
          "{\"step\":999}\n{\"step\":1,\"lo",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      assertThat(train(trainer -> trainer.to(died).resume()).steps()).isEqualTo(15);
      assertSameBits(died, straight);
      assertThat(losses(died)).isEqualTo(losses(straight));
      assertThat(TfEvents.shown(died).get("loss"))
          .isEqualTo(TfEvents.shown(straight).get("loss"))
          .hasSize(8);
    }
  }

  private static List<Object> losses(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(RunDirectoryTest::parse)
        .map(
            line ->
                (Object) List.of(line.get("step"), line.get("loss"), line.get("winnersPerSample")))
        .toList();
  }

  private static final class DeathException extends RuntimeException {}

  private static TrainingListener dyingAt(int step) {
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {
        if (report.step() == step) {
          throw new DeathException();
        }
      }
    };
  }

  @Test
  void divergenceKeepsTheLastGoodCheckpoint() {
    assertThatThrownBy(
            () -> train(trainer -> trainer.optimizer(Sgd.rate(300)).checkpointEvery(1).logEvery(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("diverged")
        .hasMessageContaining("the last good checkpoint is kept in " + run());
    try (Model kept = RunDirectory.open(run()).loadModel(backend)) {
      for (float weight : backend.memory().download(kept.decoderFilters())) {
        assertThat(weight).isFinite();
      }
    }
  }

  @Test
  void divergenceBeforeTheFirstCheckpointSaysThatNothingIsKept() {
    assertThatThrownBy(
            () ->
                train(
                    trainer -> trainer.optimizer(Sgd.rate(300)).checkpointEvery(1000).logEvery(1)))
        .isInstanceOfSatisfying(
            WtaException.class,
            e -> {
              assertThat(e.problem())
                  .startsWith("training diverged")
                  .endsWith("; " + run() + " has no checkpoint yet");
              assertThat(e.remedy())
                  .isEqualTo(
                      "lower 'rate' (now 300.0), raise 'warmup', or scale the data ('preprocess'),"
                          + " and begin again in another folder");
            });
    assertThat(RunDirectory.open(run()).state()).isEmpty();
  }

  /** Names what a run is trained on from now on, and so for good. */
  @Test
  void anotherBackendChangesTheBitsAndIsNoted() {
    train(trainer -> trainer.epochs(1));
    assertThat(notesOfResuming(backend, 2)).isEmpty();
    Map<String, Object> first = RunDirectory.open(run()).config().backend();
    assertThat(first).containsEntry("arithmetic", "scalar loops, 1 thread");
    for (int threads = 1; threads <= 2; threads++) { // more threads, the same bits
      try (Backend cpu = TestBackends.open("cpu", threads)) {
        List<String> notes = notesOfResuming(cpu, 2 + threads);
        if (threads == 1) {
          assertThat(notes)
              .containsExactly(
                  "the bits will differ from a run never stopped: it was trained on backend"
                      + " reference (scalar loops, 1 thread), and continues on backend cpu (%s)"
                          .formatted(cpu.arithmetic()));
        } else {
          assertThat(notes).isEmpty();
        }
        assertThat(RunDirectory.open(run()).config().backend())
            .containsEntry("name", "cpu")
            .containsEntry("arithmetic", cpu.arithmetic())
            .containsEntry(
                "before",
                List.of(
                    Map.of(
                        "name",
                        "reference",
                        "device",
                        "scalar loops, 1 thread",
                        "arithmetic",
                        "scalar loops, 1 thread",
                        "step",
                        10)));
      }
    }
  }

  @Test
  void anotherVectorWidthChangesTheBitsAndAnUnknownOneDoesNot() {
    RunConfig narrow = on(Map.of("name", "cpu", "device", "x", "arithmetic", "256-bit vectors"));
    RunConfig wide = on(Map.of("name", "cpu", "device", "x", "arithmetic", "512-bit vectors"));
    RunConfig earlier = on(Map.of("name", "cpu", "device", "x"));
    assertThat(wide.noteAfter(narrow).orElseThrow())
        .contains("backend cpu (256-bit vectors)")
        .endsWith("backend cpu (512-bit vectors)");
    assertThat(wide.noteAfter(wide)).isEmpty();
    assertThat(wide.noteAfter(earlier)).isEmpty();
    assertThat(wide.continuing(wide, 3)).isEqualTo(wide);
  }

  private static RunConfig on(Map<String, Object> backend) {
    Map<String, Object> none = Map.of();
    return new RunConfig(
        "fc-wta", Shape.of(1), none, none, none, none, none, backend, none, Optional.empty());
  }

  private List<String> notesOfResuming(Backend on, int epochs) {
    List<String> notes = new ArrayList<>();
    try (FcWta model =
        FcWta.Settings.DEFAULTS.hidden(10).lifetime(0.2).tied(true).on(FEATURES, on, Seed.of(1))) {
      trainer(model)
          .epochs(epochs)
          .resume()
          .listen(
              new TrainingListener() {
                @Override
                public void noted(String note) {
                  notes.add(note);
                }
              })
          .train();
    }
    return notes;
  }

  @Test
  void aRunIsReadWhileItIsTrained() {
    List<Long> seen = new ArrayList<>();
    train(
        trainer ->
            trainer.listen(
                new TrainingListener() {
                  @Override
                  public void checkpointed(long step) {
                    RunDirectory read = RunDirectory.open(run());
                    try (Model model = read.loadModel(backend)) {
                      assertThat(model.features()).isEqualTo(10);
                      seen.add(read.state().orElseThrow().step());
                    }
                  }
                }));
    assertThat(seen).containsExactly(4L, 8L, 12L, 15L);
  }

  @Test
  void aRunWithoutACheckpointCannotBeLoadedButResumed() {
    assertThatThrownBy(() -> train(trainer -> trainer.listen(dyingAt(1))))
        .isInstanceOf(DeathException.class);
    assertThatThrownBy(() -> RunDirectory.open(run()).loadModel(backend))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no checkpoint yet");
    assertThat(train(Trainer::resume).steps()).isEqualTo(15);
  }

  @Test
  void aDamagedConfigurationIsRefused() throws IOException {
    train(trainer -> trainer.epochs(1));
    Path file = run().resolve("config.json");
    String good = Files.readString(file);
    for (String bad :
        List.of(
            "",
            "null",
            good.substring(0, good.length() - 10),
            good.replace("\"schema\" : 1", "\"schema\" : 9"),
            good.replace("\"sample\" : [ 12 ]", "\"sample\" : [ \"x\" ]"),
            good.replace("\"training\"", "\"straining\""))) {
      assertThat(bad).isNotEqualTo(good);
      Files.writeString(file, bad);
      assertThatThrownBy(() -> RunDirectory.open(run()))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("config.json");
    }
  }
}
