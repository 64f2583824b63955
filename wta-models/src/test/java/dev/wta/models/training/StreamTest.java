package dev.wta.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training on samples that are read once. */
@Timeout(60)
class StreamTest {
  private static final int FEATURES = 6;

  private final Backend backend = TestBackends.reference();
  private final List<Model> models = new ArrayList<>();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    models.forEach(Model::close);
    backend.close();
  }

  private Trainer trainer() {
    Model model =
        TopKSae.Settings.DEFAULTS.hidden(8).k(2).on(Shape.of(FEATURES), backend, Seed.of(1));
    models.add(model);
    return Trainer.of(model).batch(10).shuffleBuffer(40);
  }

  private static float[][] samples(int from, int count) {
    float[][] rows = new float[count][FEATURES];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < FEATURES; j++) {
        rows[i][j] = (float) Math.sin((from + i) * FEATURES + j) + (from + i) % 3;
      }
    }
    return rows;
  }

  /** Samples 0 to 94 in batches of different sizes. */
  private static List<float[][]> batches(int... sizes) {
    List<float[][]> batches = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      batches.add(samples(from, size));
      from += size;
    }
    return batches;
  }

  private byte[] model(String run) throws Exception {
    return Files.readAllBytes(folder.resolve(run).resolve("model.safetensors"));
  }

  @Test
  void theBitsDoNotDependOnHowSamplesArrive() throws Exception {
    trainer().stream(batches(95)).to(folder.resolve("one")).train();
    TrainingResult many =
        trainer().stream(batches(1, 0, 50, 13, 31).stream()).to(folder.resolve("many")).train();
    assertThat(many.steps()).isEqualTo(10);
    assertThat(many.why()).isEqualTo(TrainingResult.Reason.EPOCHS_DONE);
    assertThat(model("many")).isEqualTo(model("one"));
    SubmissionPublisher<float[][]> publisher =
        new SubmissionPublisher<>(ForkJoinPool.commonPool(), 2);
    ForkJoinPool.commonPool()
        .execute(
            () -> {
              while (!publisher.hasSubscribers()) {
                Thread.onSpinWait();
              }
              batches(20, 20, 20, 35).forEach(publisher::submit);
              publisher.close();
            });
    trainer().stream(publisher).to(folder.resolve("published")).train();
    assertThat(model("published")).isEqualTo(model("one"));
    trainer().stream(batches(95)).seed(Seed.of(2)).to(folder.resolve("other")).train();
    assertThat(model("other")).isNotEqualTo(model("one"));
  }

  @Test
  void everySampleOfAStreamPassesOnceInRandomOrder() {
    List<Float> seen = new ArrayList<>();
    TrainingListener watch =
        new TrainingListener() {
          @Override
          public Map<String, Double> metrics(Interval interval) {
            for (int i = 0; i < interval.batch().count(); i++) {
              seen.add((float) interval.batch().rows()[i]);
            }
            return Map.of();
          }
        };
    trainer().stream(batches(95)).logEvery(1).listen(watch).train();
    assertThat(seen).hasSize(95);
    assertThat(new TreeSet<>(seen)).hasSize(95);
    assertThat(seen).isNotEqualTo(seen.stream().sorted().toList());
    assertThat(seen.getFirst()).isLessThan(40); // from the buffer
  }

  @Test
  void anEndlessStreamIsTrainedOnForSoManySteps() {
    AtomicInteger made = new AtomicInteger();
    Stream<float[][]> endless = Stream.generate(() -> samples(made.getAndAdd(7), 7));
    TrainingResult run = trainer().stream(endless).steps(25).train();
    assertThat(run.steps()).isEqualTo(25);
    assertThat(run.status()).isEqualTo(TrainingResult.Status.FINISHED);
    assertThat(run.why()).isEqualTo(TrainingResult.Reason.STEPS_DONE);
    assertThat(made.get()).isLessThan(25 * 10 + 40 + 3 * 10 + 2 * 7);
  }

  @Test
  void validationDataAreMeasuredAtTheLastStep() {
    Dataset held = TestData.vectors(20, FEATURES);
    TrainingResult run = trainer().stream(batches(95)).steps(4).validation(held).train();
    assertThat(run.best()).isPresent();
    TrainingResult ofFile =
        trainer().data(samples(0, 95)).epochs(3).steps(14).validation(held).train();
    assertThat(ofFile.steps()).isEqualTo(14);
    assertThat(ofFile.why()).isEqualTo(TrainingResult.Reason.STEPS_DONE);
  }

  @Test
  void aRunOnAStreamSaysThatItCannotBeResumed() {
    Path run = folder.resolve("run");
    trainer().stream(batches(95)).steps(5).to(run).train();
    assertThat(RunDirectory.open(run).config().data())
        .containsEntry("stream", true)
        .containsEntry("digest", "stream: read once, cannot be resumed from")
        .doesNotContainKey("samples");
    assertRefused(
        trainer().stream(batches(95)).to(run).resume(),
        "cannot be resumed from a stream",
        "--from");
    assertRefused(
        trainer().data(samples(0, 95)).to(run).resume(), "cannot be resumed from a stream");
    Trainer onwards = trainer().from(RunDirectory.open(run)).to(folder.resolve("next"));
    assertThat(onwards.stream(batches(95)).steps(0).train().steps()).isEqualTo(10);
  }

  @Test
  void whatAStreamCannotDoIsRefused() {
    assertRefused(trainer().stream(List.of()), "batches has no samples");
    assertRefused(trainer().stream(batches(95)).heldOut(5), "no samples of a stream are held out");
    assertRefused(
        trainer().stream(batches(95)).schedule(new Schedule.Linear()),
        "the number of steps, which is unknown for a stream");
    float[][] wrong = samples(0, 50);
    wrong[45] = new float[3];
    assertRefused(trainer().stream(List.of(samples(0, 5), wrong)), "sample 50 has 3 numbers");
    float[][] broken = samples(0, 50);
    broken[45][2] = Float.NaN;
    assertRefused(
        trainer().stream(List.<float[][]>of(broken)),
        "batches holds a value that is not a finite number");
    SubmissionPublisher<float[][]> failing = new SubmissionPublisher<>();
    Thread.ofVirtual()
        .start(
            () -> {
              while (!failing.hasSubscribers()) {
                Thread.onSpinWait();
              }
              failing.submit(samples(0, 45));
              failing.closeExceptionally(new IllegalStateException("the disk is gone"));
            });
    assertRefused(trainer().stream(failing), "publisher of the batches has failed");
  }

  @Test
  void aModelOfLayersNeedsADataSet() {
    ModelFamily stacked = ModelFamilies.named("stacked");
    Map<String, Object> layers = Map.of("layers", List.of(Map.of("model", "fc-wta", "hidden", 8)));
    try (FeatureExtractor model =
        stacked.create(stacked.settings().parse(layers), Shape.of(FEATURES), backend, Seed.of(1))) {
      assertRefused(Trainer.of(model).stream(batches(95)), "a stream is read once");
    }
  }

  private static void assertRefused(Trainer trainer, String... parts) {
    assertThatThrownBy(trainer::train).isInstanceOf(WtaException.class).message().contains(parts);
  }
}
