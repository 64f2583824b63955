package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.sae.TopKSae;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is used wrongly says what is wrong, and what to do. */
class WrongUseTest {
  private static final Shape SAMPLE = Shape.of(12);

  private static Model topK(Backend backend) {
    return TopKSae.Settings.DEFAULTS.hidden(16).k(3).on(SAMPLE, backend, Seed.of(1));
  }

  private static Dataset data() {
    return TestData.samples(60, SAMPLE);
  }

  private static Dataset withNaN() {
    float[] values = new float[48];
    values[2 * 12 + 5] = Float.NaN;
    return MemoryDataset.of("holed", SAMPLE, values);
  }

  /** What somebody does with a model. */
  @FunctionalInterface
  interface Use {
    void of(Model model);
  }

  static Stream<Arguments> wrongUses() {
    return Stream.of(
        use("no data", model -> Trainer.of(model).train(), "call data(...) first"),
        use("no model", _ -> Trainer.of(null), "the model is null: give one to train"),
        use(
            "null data",
            m -> Trainer.of(m).data((Dataset) null),
            "the data are null: give a data set"),
        use("null samples", m -> Trainer.of(m).data((float[][]) null), "give an array of samples"),
        use("null to encode", model -> model.encode(null), "the data are null: give a data set"),
        use(
            "null listener",
            model -> Trainer.of(model).listen(null),
            "the listener is null: give one"),
        use(
            "another shape",
            model -> Trainer.of(model).data(TestData.samples(9, Shape.of(11))).train(),
            "give data of the shape that the model was made for"),
        use(
            "another shape to encode",
            model -> model.encode(TestData.samples(9, Shape.of(11))),
            "give data of the shape that the model was made for"),
        use(
            "NaN",
            m -> Trainer.of(m).data(withNaN()).epochs(1).train(),
            "holed holds a value that is not a finite number in row 2"),
        use(
            "resume of nothing",
            m -> Trainer.of(m).data(data()).resume().train(),
            "call to(directory) first"),
        use(
            "a closed model to train",
            model -> {
              model.close();
              Trainer.of(model).data(data()).train();
            },
            "the topk is closed; close it after its last use, or load its run again"),
        use(
            "a closed model to encode",
            model -> {
              model.close();
              model.encode(data());
            },
            "the topk is closed; close it after its last use, or load its run again"),
        use(
            "a training within a training",
            model ->
                Trainer.of(model)
                    .data(data())
                    .listen(
                        new TrainingListener() {
                          @Override
                          public void stepped(StepReport report) {
                            Trainer.of(model).data(data()).train();
                          }
                        })
                    .train(),
            "give each training a model of its own"));
  }

  private static Arguments use(String name, Use use, String message) {
    return Arguments.of(name, use, message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongUses")
  void saysWhatToDo(String name, Use use, String message) {
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      ThrowingCallable wrong = () -> use.of(model);
      assertThatThrownBy(wrong)
          .as(name)
          .isInstanceOfAny(
              WtaException.class, IllegalStateException.class, NullPointerException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  @Timeout(60)
  void twoThreadsCannotTrainAModelEvenByTurns() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend);
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<TrainingResult> first =
          other.submit(
              () ->
                  Trainer.of(model)
                      .data(data())
                      .epochs(1)
                      .listen(
                          new TrainingListener() {
                            @Override
                            public void stepped(StepReport report) { // no operation runs now
                              begun.countDown();
                              await(tried);
                            }
                          })
                      .train());
      await(begun);
      assertThatThrownBy(() -> Trainer.of(model).data(data()).train())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is training it; give each training a model of its own");
      tried.countDown();
      assertThat(first.get(50, TimeUnit.SECONDS).why())
          .isEqualTo(TrainingResult.Reason.EPOCHS_DONE);
      Trainer.of(model).data(data()).epochs(1).train(); // one after the other is no misuse
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
