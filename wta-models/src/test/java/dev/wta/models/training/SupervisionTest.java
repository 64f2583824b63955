package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Classifier;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second stage of a classifier's training, watched on samples that are held out. */
class SupervisionTest {
  private static final Shape SAMPLE = Shape.of(6);
  private static final int SAMPLES = 90;
  private static final int STEPS_OF_EPOCH = 6; // of 60 samples
  private static final int PRETRAINING = 2;

  @TempDir private Path directory;

  /** What was measured after epochs, and the best at the end. */
  private record Course(List<Double> errors, List<Integer> epochs, TrainingResult run) {}

  private static Classifier model(Backend backend) {
    ModelFamily family = ModelFamilies.named("drsae");
    Map<String, Object> settings = Map.of("hidden", 8, "iterations", 3, "classes", 3);
    return (Classifier)
        family.create(family.settings().parse(settings), SAMPLE, backend, Seed.of(1));
  }

  /** Noise with labels that nothing explains: errors go up and down from epoch to epoch. */
  private static Dataset data() {
    return TestData.samples(SAMPLES, SAMPLE);
  }

  private static TrainingSettings settings(Map<String, Object> some) {
    Map<String, Object> all = new LinkedHashMap<>(some);
    all.put("pretraining", PRETRAINING);
    all.putIfAbsent("held-out", 3);
    return TrainingSettings.of(ModelFamilies.named("drsae")).parse(all);
  }

  private static Trainer trainer(Classifier model, Map<String, Object> settings) {
    return Trainer.of(model).data(data()).settings(settings(settings));
  }

  private static Course train(Trainer trainer, Course before) {
    List<Double> errors = before == null ? new ArrayList<>() : before.errors;
    List<Integer> epochs = before == null ? new ArrayList<>() : before.epochs;
    trainer.listen(
        new TrainingListener() {
          @Override
          public void validated(double error, BestEpoch best) {
            errors.add(error);
          }

          @Override
          public void epochEnded(int epoch, long step) {
            epochs.add(epoch);
          }
        });
    return new Course(errors, epochs, trainer.train());
  }

  private static double heldOutError(Classifier model) {
    Dataset held =
        ValidationSplit.of(model, data(), Optional.empty(), settings(Map.of()))
            .validation()
            .orElseThrow();
    return model.error(held);
  }

  @Test
  void theModelEndsWithTheParametersOfItsBestEpoch() {
    try (Backend backend = TestBackends.reference();
        Classifier model = model(backend)) {
      Course course = train(trainer(model, Map.of("epochs", 20, "rate", 0.5)), null);
      assertThat(course.epochs).hasSize(20);
      assertThat(course.errors).hasSize(20 - PRETRAINING);
      BestEpoch best = course.run.best().orElseThrow();
      double lowest = course.errors.stream().mapToDouble(error -> error).min().orElseThrow();
      assertThat(best.error()).isEqualTo(lowest);
      assertThat(best.epoch()).isEqualTo(PRETRAINING + 1 + course.errors.indexOf(lowest));
      assertThat(best.epoch()).as("so that the last epoch is another one").isLessThan(20);
      assertThat(heldOutError(model)).isEqualTo(lowest);
    }
  }

  @Test
  void itEndsEarlyOnceThereIsNoBetterEpoch() {
    Path run = directory.resolve("early");
    try (Backend backend = TestBackends.reference();
        Classifier model = model(backend)) {
      Map<String, Object> settings = Map.of("epochs", 500, "rate", 0.5, "patience", 3);
      Course course = train(trainer(model, settings).to(run), null);
      int last = course.run.epochs();
      assertThat(course.run.status()).isEqualTo(TrainingResult.Status.FINISHED);
      assertThat(last).isLessThan(500).isEqualTo(course.run.best().orElseThrow().epoch() + 3);
      assertThat(course.run.steps()).isEqualTo((long) last * STEPS_OF_EPOCH);
      assertThat(RunDirectory.open(run).state().orElseThrow().step()).isEqualTo(course.run.steps());
      try (Classifier again = model(backend)) {
        TrainingResult resumed = trainer(again, settings).to(run).resume().train();
        assertThat(resumed.steps()).as("nothing is left to do").isEqualTo(course.run.steps());
        assertThat(heldOutError(again)).isEqualTo(heldOutError(model));
      }
    }
  }

  @Test
  void whoReadsTheRunGetsTheBestEpoch() {
    Path run = directory.resolve("run");
    try (Backend backend = TestBackends.reference();
        Classifier model = model(backend)) {
      train(trainer(model, Map.of("epochs", 20, "rate", 0.5)).to(run), null);
      try (Classifier read = (Classifier) RunDirectory.open(run).loadModel(backend)) {
        assertThat(heldOutError(read))
            .isEqualTo(RunDirectory.open(run).state().orElseThrow().best().orElseThrow().error());
      }
      assertThat(RunDirectory.open(run).readMetrics())
          .filteredOn(line -> line.containsKey("validationError"))
          .hasSize(20 - PRETRAINING);
    }
  }

  /** In the first stage, at its end, in the second stage's first epoch and in a later one. */
  @Test
  void aResumedRunEndsWithTheSameBits() {
    Map<String, Object> settings = Map.of("epochs", 12, "rate", 0.5);
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    int end = 12 * STEPS_OF_EPOCH;
    try (Backend backend = TestBackends.open("cpu", 2);
        Classifier model = model(backend)) {
      train(trainer(model, settings).to(straight), null);
    }
    Course halted = null;
    for (int stopAt : new int[] {4, 12, 15, 40, 41, end}) {
      try (Backend backend = TestBackends.open("cpu", 2);
          Classifier model = model(backend)) {
        Trainer trainer = trainer(model, settings).to(halting).resume(stopAt > 4);
        stopAfter(stopAt, trainer);
        halted = train(trainer, halted);
      }
    }
    assertThat(halted.run.status()).isEqualTo(TrainingResult.Status.FINISHED);
    assertThat(halted.errors).hasSize(10);
    assertSameBits(halting, straight);
  }

  @Test
  void moreEpochsContinueFromTheLastOneAndNotFromTheBest() {
    Path longer = directory.resolve("longer");
    Path raised = directory.resolve("raised");
    try (Backend backend = TestBackends.reference()) {
      try (Classifier model = model(backend)) {
        train(trainer(model, Map.of("epochs", 12, "rate", 0.5)).to(longer), null);
      }
      for (int epochs : new int[] {7, 12}) {
        try (Classifier model = model(backend)) {
          Map<String, Object> settings = Map.of("epochs", epochs, "rate", 0.5);
          train(trainer(model, settings).to(raised).resume(epochs == 12), null);
        }
      }
    }
    for (String file : List.of("model.safetensors", "trainer.safetensors")) {
      assertThat(raised.resolve(file)).hasSameBinaryContentAs(longer.resolve(file));
    }
  }

  @Test
  void samplesThatAreHeldOutAreNotTrainedOn() {
    try (Backend backend = TestBackends.reference();
        Classifier model = model(backend)) {
      ValidationSplit split =
          ValidationSplit.of(model, data(), Optional.empty(), settings(Map.of()));
      Dataset held = split.validation().orElseThrow();
      assertThat(split.train().size()).isEqualTo(60);
      assertThat(held.size()).isEqualTo(30);
      boolean[] seen = new boolean[SAMPLES];
      for (Dataset part : List.of(split.train(), held)) {
        for (int i = 0; i < part.size(); i++) {
          int row = part.sourceRow(i);
          assertThat(seen[row]).isFalse();
          seen[row] = true;
        }
      }
      Dataset bare = MemoryDataset.of("bare", SAMPLE, TestData.uniform("x", 12 * 6));
      assertThat(
              ValidationSplit.of(
                      model, bare, Optional.empty(), settings(Map.of("epochs", PRETRAINING)))
                  .train()
                  .size())
          .isEqualTo(12);
    }
  }
}
