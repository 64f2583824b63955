package dev.wta.models.stacked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.TestBackends;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the training of a stack is cut short, it ends with the same bits. */
class StackResumeTest {
  private static final StackedRun STACK = StackedRun.mixed(); // 3 layers of 10 steps
  private static final int STEPS_OF_A_LAYER = 10;

  @TempDir private Path directory;

  private final Backend backend = TestBackends.open("cpu", 1);
  private Path straight;
  private Path halting;

  @BeforeEach
  void trainWithoutInterruption() {
    straight = directory.resolve("straight");
    halting = directory.resolve("halting");
    STACK.train(backend, straight, trainer -> {});
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void stoppedWithinLayersAndAtTheirEnds() throws IOException {
    boolean begun = false;
    for (int stopAt : List.of(1, 7, STEPS_OF_A_LAYER, 13, 2 * STEPS_OF_A_LAYER, 22)) {
      int before = begun ? stepsDone() : 0;
      STACK.train(backend, halting, stoppingAt(stopAt - before, begun));
      begun = true;
    }
    STACK.train(backend, halting, Trainer::resume);
    assertSameRun();
  }

  private static Consumer<Trainer> stoppingAt(int step, boolean resume) {
    return trainer ->
        trainer
            .resume(resume)
            .listen(
                new TrainingListener() {
                  private int steps;

                  @Override
                  public void stepped(StepReport report) {
                    if (++steps == step) {
                      trainer.requestStop();
                    }
                  }
                });
  }

  private int stepsDone() {
    return RunDirectory.open(halting).layers().stream()
        .mapToInt(layer -> (int) layer.state().orElseThrow().step())
        .sum();
  }

  private static final class DeathException extends RuntimeException {}

  /** A kill leaves no chance to save: what counts is what was on the disk. */
  @Test
  void killedAnywhere() throws IOException {
    List<Function<AtomicInteger, TrainingListener>> deaths =
        List.of(
            count -> onStep(count, 3), // before the first checkpoint
            count -> onStep(count, 6),
            count -> onLayer(count, 2), // between layers
            count -> onFeatures(count, 1), // while features are written
            count -> onStep(count, 2),
            count -> onFeatures(count, 1),
            count -> onLayer(count, 1));
    List<String> left = new ArrayList<>();
    for (Function<AtomicInteger, TrainingListener> death : deaths) {
      boolean begun = RunDirectory.holdsRun(halting);
      TrainingListener listener = death.apply(new AtomicInteger());
      assertThatThrownBy(() -> STACK.train(backend, halting, t -> t.resume(begun).listen(listener)))
          .isInstanceOf(DeathException.class);
      left.add(stepsOfLayers());
    }
    assertThat(left.getFirst()).isEqualTo("[0]");
    assertThat(left.getLast()).startsWith("[10");
    STACK.train(backend, halting, Trainer::resume);
    assertSameRun();
  }

  private String stepsOfLayers() {
    return RunDirectory.open(halting).layers().stream()
        .map(layer -> layer.state().map(state -> state.step()).orElse(0L))
        .toList()
        .toString();
  }

  private static TrainingListener onStep(AtomicInteger count, int step) {
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {
        dieAt(count, step);
      }
    };
  }

  private static TrainingListener onLayer(AtomicInteger count, int number) {
    return new TrainingListener() {
      @Override
      public void layerStarted(int layer, int layers) {
        dieAt(count, number);
      }
    };
  }

  private static TrainingListener onFeatures(AtomicInteger count, int batch) {
    return new TrainingListener() {
      @Override
      public void preparing(String stage, long done, long total) {
        dieAt(count, batch);
      }
    };
  }

  private static void dieAt(AtomicInteger count, int number) {
    if (count.incrementAndGet() == number) {
      throw new DeathException();
    }
  }

  /** What a process leaves that is killed while it writes features. */
  @Test
  void featuresThatWereNotWrittenToTheEndAreWrittenAgain() throws IOException {
    STACK.train(backend, halting, stoppingAt(STEPS_OF_A_LAYER, false));
    Path rest = halting.resolve("layers/1/.features.arrow.0123.partial");
    Files.writeString(rest, "half a file");
    STACK.train(backend, halting, Trainer::resume);
    assertThat(rest).doesNotExist();
    assertSameRun();
  }

  @Test
  void aStopWhileFeaturesAreWrittenLeavesNothingOfThem() throws IOException {
    STACK.train(
        backend,
        halting,
        trainer ->
            trainer.listen(
                new TrainingListener() {
                  @Override
                  public void preparing(String stage, long done, long total) {
                    trainer.requestStop();
                  }
                }));
    assertThat(RunDirectory.open(halting).layers()).hasSize(1);
    assertThat(halting.resolve("layers/1/features.arrow")).doesNotExist();
    assertThatThrownBy(() -> RunDirectory.open(halting).load(backend).close())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has begun 1 of its 3 layers; resume its training");
    STACK.train(backend, halting, Trainer::resume);
    assertSameRun();
  }

  @Test
  void theLastLayerMayHaveMoreEpochs() throws IOException {
    StackedRun longer = STACK.with(3, "epochs", 4);
    longer.train(backend, straight, Trainer::resume);
    longer.train(backend, halting, trainer -> {});
    assertSameModels();
  }

  @Test
  void aLayerBelowAnotherMayNot() {
    assertThatThrownBy(() -> STACK.with(1, "epochs", 4).train(backend, straight, Trainer::resume))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("layer 1 of " + straight + " cannot be trained further")
        .hasMessageContaining("raise the epochs of the last layer alone");
    STACK.train(backend, straight, Trainer::resume); // the refusal changed nothing
  }

  @Test
  void aDifferentLayerIsRefusedByItsKey() {
    assertThatThrownBy(() -> STACK.with(3, "hidden", 8).train(backend, straight, Trainer::resume))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'layers.3.hidden' is [7] in the run, and [8] here");
  }

  @Test
  void aFinishedStackIsOnlyRead() throws IOException {
    try (FeatureExtractor model = STACK.encoder(backend)) {
      Trainer trainer = Trainer.of(model).data(STACK.data()).to(straight).resume();
      assertThat(trainer.train().steps()).isEqualTo(3 * STEPS_OF_A_LAYER);
      try (FeatureExtractor loaded = RunDirectory.open(straight).load(backend)) {
        assertThat(STACK.encoded(model, STACK.data()))
            .isEqualTo(STACK.encoded(loaded, STACK.data()));
      }
    }
  }

  private void assertSameRun() throws IOException {
    assertThat(files(halting))
        .isEqualTo(files(straight))
        .noneMatch(name -> name.endsWith(".arrow"));
    assertSameModels();
  }

  private void assertSameModels() {
    for (int number = 1; number <= STACK.layers().size(); number++) {
      for (String file : List.of("model.safetensors", "trainer.safetensors", "state.json")) {
        assertThat(RunDirectory.layer(halting, number).resolve(file))
            .hasSameBinaryContentAs(RunDirectory.layer(straight, number).resolve(file));
      }
    }
  }

  private static Set<String> files(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      Set<String> names = new TreeSet<>();
      files
          .map(file -> run.relativize(file).toString())
          .filter(name -> !name.contains("tfevents")) // their names carry the time
          .forEach(names::add);
      return names;
    }
  }
}
