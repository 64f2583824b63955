package dev.wta.models.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.TestBackends;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** A case trained on the CPU as a user would: with three threads, and stopped and resumed. */
final class TrainedRuns {
  /** What says how a training ended; the other files of a run name times. */
  private static final Set<String> COMPARED =
      Set.of("model.safetensors", "trainer.safetensors", "state.json");

  private final ModelCase model;
  private final Path directory;

  /**
   * @param directory an empty one, for the runs
   */
  TrainedRuns(ModelCase model, Path directory) {
    this.model = model;
    this.directory = directory;
  }

  /** All end with the same bits. */
  void check() throws IOException {
    Path straight = directory.resolve("straight");
    Path threads = directory.resolve("threads");
    int steps;
    try {
      steps = train(straight, 1, false, Integer.MAX_VALUE);
    } catch (WtaException diverged) { // as a random rate may make it: at the same step, then
      assertThatThrownBy(() -> train(threads, 3, false, Integer.MAX_VALUE))
          .isInstanceOf(WtaException.class)
          .hasMessage(diverged.getMessage().replace(straight.toString(), threads.toString()))
          .hasMessageContaining("diverged");
      return;
    }
    train(threads, 3, false, Integer.MAX_VALUE);
    assertSameRun("with 3 threads, not 1,", threads, straight);
    Path halting = directory.resolve("halting");
    int stop = new Random(model.seed()).nextInt(1, steps + 1);
    train(halting, 3, false, stop);
    train(halting, 1, true, Integer.MAX_VALUE);
    assertSameRun("stopped after step " + stop + " and resumed,", halting, straight);
  }

  /** Answers the steps that were done. */
  private int train(Path run, int threads, boolean resume, int stop) {
    StopAfter stopping = new StopAfter(stop);
    try (Backend backend = TestBackends.open("cpu", threads);
        FeatureExtractor created = model.encoder(backend)) {
      stopping.trainer = model.trainer(created).to(run).resume(resume).listen(stopping);
      TrainingResult ended = stopping.trainer.train();
      assertThat(ended.steps()).isPositive();
    }
    return stopping.steps;
  }

  private static void assertSameRun(String how, Path actual, Path expected) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(expected)) {
      files = tree.filter(file -> COMPARED.contains(file.getFileName().toString())).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Path relative = expected.relativize(file);
      assertThat(Files.mismatch(actual.resolve(relative), file))
          .as("%s the first byte of %s that differs", how, relative)
          .isEqualTo(-1);
    }
  }

  /** Counts steps, and asks for a stop after one of them. */
  private static final class StopAfter implements TrainingListener {
    private final int stop;
    private Trainer trainer;
    private int steps;

    StopAfter(int stop) {
      this.stop = stop;
    }

    @Override
    public void stepped(StepReport report) {
      steps++;
      if (steps == stop) {
        trainer.requestStop();
      }
    }
  }
}
