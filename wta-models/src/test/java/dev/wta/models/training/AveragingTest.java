package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.ForwardPass;
import dev.wta.models.Model;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.BatchTopKSae;
import dev.wta.models.sae.SaeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that end with the average of their parameters. */
class AveragingTest {
  private static final int INPUTS = 6;
  private static final double DECAY = 0.9;

  @TempDir private Path directory;

  /** Rows of fixed length, a running threshold and counts: all kinds of parameters. */
  private static Model model(Backend backend) {
    return BatchTopKSae.Settings.DEFAULTS
        .hidden(10)
        .k(2)
        .decoderRows(SaeSettings.DecoderRows.UNIT)
        .deadAfter(50)
        .on(Shape.of(INPUTS), backend, Seed.of(1));
  }

  private static Dataset data() {
    return TestData.vectors(90, INPUTS);
  }

  private static Trainer trainer(Model model) {
    return Trainer.of(model)
        .data(data())
        .batch(20)
        .optimizer(Adam.rate(0.02))
        .average(DECAY)
        .epochs(4)
        .logEvery(1);
  }

  private static Map<String, float[]> parameters(Model model) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      values.put(parameter.name(), model.backend().memory().download(parameter.value()));
    }
    return values;
  }

  /** Keeps the parameters after each step, the first of them at 1. */
  private static final class Recorder implements TrainingListener {
    private final List<Map<String, float[]>> steps = new ArrayList<>();

    @Override
    public Map<String, Double> metrics(Interval interval) {
      steps.add(parameters(interval.model()));
      return Map.of();
    }
  }

  @Test
  void theRunEndsWithTheMeanOfItsParameters() {
    Path run = directory.resolve("run");
    Recorder recorder = new Recorder();
    try (Backend backend = TestBackends.reference();
        Model model = model(backend)) {
      trainer(model).to(run).listen(recorder).train();
      Map<String, float[]> average = parameters(model);
      Map<String, float[]> newest = recorder.steps.getLast();
      assertThat(recorder.steps).hasSize(20);
      for (String name : List.of("encoder.weight", "encoder.bias", "decoder.bias")) {
        assertThat(average.get(name)).isNotEqualTo(newest.get(name));
        assertClose(average.get(name), mean(recorder.steps, name));
      }
      float[] rows = average.get("decoder.weight");
      assertThat(rows).isNotEqualTo(newest.get("decoder.weight"));
      for (int unit = 0; unit < 10; unit++) {
        double square = 0;
        for (int i = 0; i < INPUTS; i++) {
          square += Math.pow(rows[unit * INPUTS + i], 2);
        }
        assertThat(square).as("row %d", unit).isCloseTo(1, within(1e-5));
      }
      for (String name : List.of("threshold", "silence", "variance")) {
        assertThat(average.get(name)).as(name).isEqualTo(newest.get(name));
      }
      try (Model read = RunDirectory.open(run).loadModel(backend)) {
        assertThat(parameters(read)).usingRecursiveComparison().isEqualTo(average);
      }
    }
  }

  /** The definition, without the recurrence: each step's weight is a power of the decay. */
  private static double[] mean(List<Map<String, float[]>> steps, String name) {
    double[] sum = new double[steps.getFirst().get(name).length];
    double weights = 0;
    for (int s = 0; s < steps.size(); s++) {
      double weight = Math.pow(DECAY, steps.size() - 1 - s);
      weights += weight;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * steps.get(s).get(name)[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= weights;
    }
    return sum;
  }

  private static void assertClose(float[] found, double[] expected) {
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void trainingItselfStaysTheSame() {
    Recorder averaged = new Recorder();
    Recorder plain = new Recorder();
    try (Backend backend = TestBackends.reference();
        Model one = model(backend);
        Model other = model(backend)) {
      trainer(one).heldOut(3).listen(averaged).train();
      trainer(other).heldOut(3).average(0).listen(plain).train();
      assertThat(averaged.steps).usingRecursiveComparison().isEqualTo(plain.steps);
      assertThat(parameters(other).get("encoder.weight"))
          .isNotEqualTo(parameters(one).get("encoder.weight"));
    }
  }

  /** The held-out samples judge the average, and the best epoch's is what the run ends with. */
  @Test
  void validationIsOfTheAverage() {
    List<Double> errors = new ArrayList<>();
    try (Backend backend = TestBackends.reference();
        Model model = model(backend);
        Dataset held = TestData.samples(40, Shape.of(INPUTS))) {
      trainer(model)
          .epochs(1)
          .validation(held)
          .listen(
              new TrainingListener() {
                @Override
                public void validated(double error, BestEpoch best) {
                  errors.add(error);
                }
              })
          .train();
      ExplainedVariance explained = new ExplainedVariance(INPUTS);
      try (ForwardPass pass = ForwardPass.of(model, held, 20)) {
        while (pass.next()) {
          explained.add(pass.samples(), pass.reconstructions().orElseThrow(), pass.count());
        }
      }
      assertThat(errors).hasSize(1);
      assertThat(1 - explained.value()).isCloseTo(errors.getFirst(), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void aResumedRunEndsWithTheSameBits(int heldOut) {
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model = model(backend)) {
      trainer(model).heldOut(heldOut).to(straight).train();
    }
    for (int stopAt : new int[] {1, 7, 100}) {
      try (Backend backend = TestBackends.open("cpu", 2);
          Model model = model(backend)) {
        Trainer trainer = trainer(model).heldOut(heldOut).to(halting).resume(stopAt > 1);
        stopAfter(stopAt, trainer).train();
      }
    }
    assertSameBits(halting, straight);
  }

  /** What a fine-tuning begins with is the average, not what training would have gone on from. */
  @Test
  void fineTuningBeginsWithTheAverage() {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    try (Backend backend = TestBackends.reference();
        Model model = model(backend)) {
      trainer(model).to(first).train();
      RunDirectory earlier = RunDirectory.open(first);
      try (Model tuned = earlier.loadModel(backend)) {
        trainer(tuned).from(earlier).epochs(1).to(second).train();
        assertThat(RunDirectory.open(second).config().training()).containsEntry("average", DECAY);
      }
      Recorder still = new Recorder();
      try (Model tuned = earlier.loadModel(backend)) {
        Trainer.of(tuned)
            .data(data())
            .from(earlier)
            .optimizer(Adam.rate(1e-30))
            .steps(1)
            .logEvery(1)
            .listen(still)
            .train();
      }
      assertThat(still.steps.getFirst().get("encoder.weight"))
          .isEqualTo(parameters(model).get("encoder.weight"));
    }
  }
}
