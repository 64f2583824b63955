package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.fc.FcWta;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model serves one thread at a time, any thread, and says so to a second one. */
@Timeout(60)
class ConcurrentUseTest {
  private static final Shape SAMPLE = Shape.of(12);
  private static final int THREADS = 8;
  private static final String REMEDY = "give each thread";

  private final ExecutorService others =
      Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon(true).factory());

  @AfterEach
  void endTheOtherThreads() {
    others.shutdownNow();
  }

  private static FcWta model(Backend backend) {
    return FcWta.Settings.DEFAULTS.hidden(30).lifetime(0.1).on(SAMPLE, backend, Seed.of(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void eightThreadsGetRightFeaturesOrAreRefused(String name) throws Exception {
    try (Backend backend = TestBackends.open(name, 2);
        Model model = model(backend)) {
      Dataset data = TestData.vectors(40, 12);
      float[] expected = encoded(model, data);
      List<Future<Integer>> refusals = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        refusals.add(others.submit(() -> hammer(model, data, expected)));
      }
      int refused = 0;
      for (Future<Integer> ofThread : refusals) {
        refused += ofThread.get(50, TimeUnit.SECONDS);
      }
      assertThat(refused).isLessThan(THREADS * 200);
      assertThat(encoded(model, data)).isEqualTo(expected);
    }
  }

  /** How many requests were refused; a wrong answer fails the test. */
  private static int hammer(Model model, Dataset data, float[] expected) {
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      try {
        assertThat(encoded(model, data)).isEqualTo(expected);
      } catch (IllegalStateException concurrent) {
        assertThat(concurrent).hasMessageContaining(REMEDY);
        refused++;
      }
    }
    return refused;
  }

  private static float[] encoded(Model model, Dataset data) {
    try (Features features = model.encode(data)) {
      return model.backend().memory().download(features.values());
    }
  }

  /** Between two operations of a pass no operation runs, and yet another pass would spoil it. */
  @Test
  void noOtherPassStartsBetweenTwoOperationsOfOne() throws Exception {
    try (Backend backend = TestBackends.reference();
        FcWta model = model(backend);
        Tensor batch = backend.memory().allocate(SAMPLE.batch(4));
        Tensor features = backend.memory().allocate(Shape.of(4, 30));
        Tape tape = Tape.recording(backend, Seed.of(1))) {
      List<BiConsumer<Tape, Tensor>> uses =
          List.of(
              (_, x) -> model.encodePrepared(x, features),
              (_, x) -> model.reconstruct(x, x),
              (own, x) -> model.step(own, x),
              (_, _) -> model.encode(TestData.vectors(4, 12)),
              (_, x) -> backend.memory().fill(x, 1),
              (_, _) -> closed(model));
      for (BiConsumer<Tape, Tensor> use : uses) {
        model.infer(
            batch,
            (inference, x) -> {
              Tensor temporary = inference.temporary(Shape.of(1));
              assertRefusedInAnother(() -> use.accept(tape, batch));
              return temporary;
            });
      }
      model.encodePrepared(batch, features);
      assertThat(backend.memory().download(features)).hasSize(120);
    }
  }

  private static void closed(Model model) {
    try (model) {
      assertThat(model.family()).isEqualTo("fc-wta");
    }
  }

  @Test
  void aFailedPassLeavesNothingOnTheTape() {
    try (Backend backend = TestBackends.reference();
        Model model = model(backend);
        Tensor batch = backend.memory().allocate(SAMPLE.batch(4));
        Tensor tooSmall = backend.memory().allocate(Shape.of(1))) {
      for (int i = 0; i < 2; i++) {
        try {
          model.encodePrepared(batch, tooSmall);
        } catch (IllegalArgumentException wrongSize) {
          assertThat(wrongSize).hasMessageContaining("copy");
        }
      }
      assertThat(others.submit(() -> model.encode(TestData.vectors(4, 12)).samples()))
          .succeedsWithin(Duration.ofSeconds(30))
          .isEqualTo(4);
    }
  }

  @Test
  void aStepOfATapeBelongsToTheThreadThatBeganIt() throws Exception {
    try (Backend backend = TestBackends.reference();
        Model model = model(backend);
        Tensor batch = backend.memory().allocate(SAMPLE.batch(4));
        Tape tape = Tape.recording(backend, Seed.of(1))) {
      StepOutput output = model.step(tape, batch);
      assertRefusedInAnother(() -> model.step(tape, batch));
      assertRefusedInAnother(() -> tape.backward(output.loss()));
      tape.backward(output.loss());
      inAnother(
          () -> {
            tape.reset(1);
            tape.backward(model.step(tape, batch).loss());
            return null;
          });
      assertThatIllegalStateException()
          .isThrownBy(() -> tape.backward(output.loss()))
          .withMessageContaining("reset the tape before handing it over");
    }
  }

  /** One at a time is no misuse, whichever thread it is. */
  @Test
  void aModelIsHandedFromThreadToThread() throws Exception {
    try (Backend backend = TestBackends.open("cpu", 2)) {
      Model model = inAnother(() -> model(backend));
      Dataset data = TestData.vectors(40, 12);
      List<float[]> seen = new ArrayList<>();
      TrainingListener encodesElsewhere =
          new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
              seen.add(unchecked(() -> encoded(model, data)));
            }
          };
      Trainer.of(model).data(data).batch(20).epochs(2).listen(encodesElsewhere).train();
      assertThat(seen).hasSize(4);
      assertThat(inAnother(() -> encoded(model, data))).isEqualTo(seen.getLast());
      inAnother(
          () -> {
            closed(model);
            return null;
          });
    }
  }

  private void assertRefusedInAnother(Runnable use) {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                unchecked(
                    () -> {
                      use.run();
                      return null;
                    }))
        .withMessageContaining(REMEDY)
        .withMessageContaining(Thread.currentThread().getName());
  }

  private <T> T inAnother(Callable<T> task) throws Exception {
    return others.submit(task).get(30, TimeUnit.SECONDS);
  }

  /** As {@link #inAnother}, with the exception that the task threw. */
  private <T> T unchecked(Callable<T> task) {
    try {
      return inAnother(task);
    } catch (ExecutionException thrown) {
      throw (RuntimeException) thrown.getCause();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
