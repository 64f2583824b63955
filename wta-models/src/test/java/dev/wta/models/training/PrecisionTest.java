package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.fc.Autoencoder;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings whose dense products may be rounded. */
class PrecisionTest {
  private static final int FEATURES = 12;

  @TempDir Path folder;
  private final Backend reference = TestBackends.reference();
  private final Dataset data = TestData.vectors(40, FEATURES);
  private final AtomicInteger byView = new AtomicInteger();

  @AfterEach
  void close() {
    reference.close();
  }

  @Test
  void stepsAreComputedByTheViewAndTheRunSaysSo() {
    Backend backend = withView();
    train(backend, Precision.BF16, "run", 1, false);
    assertThat(byView).hasPositiveValue();
    RunConfig config = RunDirectory.open(folder.resolve("run")).config();
    assertThat(config.training()).containsEntry("precision", "bf16");
    assertThat(config.backend()).containsEntry("arithmetic", "of the view");
    byView.set(0);
    train(backend, Precision.BF16, "run", 2, true);
    assertThat(byView).hasPositiveValue();
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> train(backend, Precision.FLOAT32, "run", 3, true))
        .withMessageContaining("'precision' is bf16 in the run, and float32 here");
  }

  @Test
  void float32DoesNotAskForAView() {
    train(withView(), Precision.FLOAT32, "run", 1, false);
    assertThat(byView).hasValue(0);
    assertThat(RunDirectory.open(folder.resolve("run")).config().training())
        .containsEntry("precision", "float32");
  }

  @Test
  void aBackendWithoutItRefusesBeforeAnythingIsWritten() {
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> train(reference, Precision.TF32, "run", 1, false))
        .withMessageContaining("backend 'reference' has no products in tf32")
        .withMessageContaining("leave out 'precision'");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void aStackIsRefusedBeforeItsFirstLayerIsTrained() {
    ModelFamily stacked = ModelFamilies.named("stacked");
    Map<String, Object> layers =
        Map.of(
            "layers",
            List.of(
                Map.of("model", "fc-wta", "hidden", 8, "lifetime", 0.2),
                Map.of("model", "fc-wta", "hidden", 6, "lifetime", 0.2, "precision", "bf16")));
    try (FeatureExtractor stack =
        stacked.create(
            stacked.settings().parse(layers), data.sampleShape(), reference, Seed.of(1))) {
      assertThatExceptionOfType(WtaException.class)
          .isThrownBy(() -> Trainer.of(stack).data(data).to(folder.resolve("stack")).train())
          .withMessageContaining("backend 'reference' has no products in bf16");
    }
    assertThat(folder.resolve("stack")).doesNotExist();
  }

  private void train(Backend backend, Precision precision, String run, int epochs, boolean resume) {
    try (Model model =
        Autoencoder.Settings.DEFAULTS.hidden(8).on(data.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model)
          .data(data)
          .batch(10)
          .epochs(epochs)
          .precision(precision)
          .to(folder.resolve(run))
          .resume(resume)
          .train();
    }
  }

  /** The reference with a view in bf16, which computes as it does and is counted. */
  private Backend withView() {
    Backend view =
        proxy(
            (method, answer) -> {
              if (method.equals("dense")) {
                byView.incrementAndGet();
              }
              return method.equals("arithmetic") ? "of the view" : answer;
            },
            null);
    return proxy((_, answer) -> answer, view);
  }

  /** What is made of the reference's answer to a method. */
  @FunctionalInterface
  private interface Answer {
    Object of(String method, Object answer);
  }

  @SuppressWarnings("ReferenceEquality") // the proxy's own equals
  private Backend proxy(Answer answer, Backend view) {
    return (Backend)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Backend.class},
            (self, method, given) -> {
              if (method.getName().equals("equals")) {
                return self == given[0];
              }
              if (method.getName().equals("withPrecision")) {
                return given[0] == Precision.BF16 && view != null ? view : self;
              }
              try {
                return answer.of(method.getName(), method.invoke(reference, given));
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
