package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.run.Origin;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that begin with another run's parameters. */
class FineTuningTest {
  private static final int INPUTS = 24;
  private static final Shape SAMPLE = Shape.of(INPUTS);

  private final Backend backend = TestBackends.open("cpu", 2);

  @TempDir Path folder;

  @AfterEach
  void close() {
    backend.close();
  }

  /** Sums of four of 48 directions; each set has other ones of them. */
  private static Dataset mixtures(String name, float scale) {
    float[] directions = TestData.normal("directions", 48 * INPUTS);
    Philox choices = Seed.of(7).stream(name);
    float[] values = new float[1600 * INPUTS];
    for (int n = 0; n < 1600; n++) {
      for (int a = 0; a < 4; a++) {
        int direction = choices.below(48, n * 4 + a);
        for (int j = 0; j < INPUTS; j++) {
          values[n * INPUTS + j] += scale * (1 + a) * directions[direction * INPUTS + j];
        }
      }
    }
    return MemoryDataset.of(name, SAMPLE, values);
  }

  private Model model(String family, Map<String, Object> changed) {
    ModelFamily found = ModelFamilies.named(family);
    Map<String, Object> settings = new HashMap<>(Map.of("hidden", 96, "k", 4, "dead-after", 500));
    settings.putAll(changed);
    settings.keySet().removeIf(key -> found.settings().find(key).isEmpty());
    return (Model) found.create(found.settings().parse(settings), SAMPLE, backend, Seed.of(1));
  }

  /** A run of 40 steps an epoch. */
  private RunDirectory trained(String family, Map<String, Object> settings, int warmup) {
    Path run = folder.resolve("first");
    try (Model model = model(family, settings)) {
      trainer(model, "first").epochs(10).warmup(warmup).to(run).train();
    }
    return RunDirectory.open(run);
  }

  private static Trainer trainer(Model model, String data) {
    return Trainer.of(model).data(mixtures(data, 1)).batch(40);
  }

  /** What a training reports. */
  private static final class Log implements TrainingListener {
    private final List<Measurement> steps = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    @Override
    public void measured(Measurement measurement) {
      steps.add(measurement);
    }

    @Override
    public void stepped(StepReport report) {
      rates.add(report.rate());
    }

    @Override
    public void noted(String note) {
      notes.add(note);
    }

    private double explained(int step) {
      return steps.get(step).metrics().get("explainedVariance");
    }
  }

  private Map<String, float[]> parameters(Model model) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      values.put(parameter.name(), backend.memory().download(parameter.value()));
    }
    return values;
  }

  private static void assertSame(Map<String, float[]> one, Map<String, float[]> other) {
    assertThat(one.keySet()).isEqualTo(other.keySet());
    one.forEach((name, values) -> assertThat(values).as(name).isEqualTo(other.get(name)));
  }

  /**
   * More of the same distribution: explained variance continues where it was, from the first step.
   */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void explainedVarianceContinuesWhereItWas(String family) {
    RunDirectory first = trained(family, Map.of("sparsity-warmup", 100), 20);
    Log log = new Log();
    try (Model model = first.loadModel(backend)) {
      trainer(model, "second").from(first).epochs(1).logEvery(1).listen(log).train();
    }
    List<Map<String, Object>> lines = first.readMetrics();
    double end = 0;
    for (Map<String, Object> line : lines.subList(lines.size() - 2, lines.size())) {
      end += ((Number) line.get("explainedVariance")).doubleValue() / 2;
    }
    double least = 1;
    for (int step = 0; step < 20; step++) {
      least = Math.min(least, log.explained(step));
    }
    assertThat(least).as("%s, from %s", family, end).isGreaterThan(end - 0.1);
    assertThat(log.rates).as("no warm-up").containsOnly(1e-3);
    assertThat(log.notes.getFirst()).contains("it started from the parameters of");
  }

  /** The penalty of jumprelu would let all latents open again if its weight began at 0. */
  @Test
  void warmUpsContinueWhereTheyWere() {
    RunDirectory first = trained("standard", Map.of("sparsity-warmup", 800), 600);
    Log log = new Log();
    try (Model model = first.loadModel(backend)) {
      trainer(model, "first").from(first).epochs(10).logEvery(1).listen(log).train();
    }
    assertThat(log.rates.getFirst()).isEqualTo(1e-3 * 401 / 600);
    assertThat(log.rates.get(199)).isEqualTo(1e-3);
    assertThat(log.notes).noneMatch(note -> note.contains("warmup"));
  }

  /** On the same data a second run does what the first would have done, but for its shuffling. */
  @Test
  void theOptimiserContinuesWithItsState() throws Exception {
    RunDirectory first = trained("topk", Map.of(), 0);
    Path second = folder.resolve("second");
    try (Model model = first.loadModel(backend)) {
      trainer(model, "second").from(first).epochs(1).to(second).train();
    }
    Origin origin = RunDirectory.open(second).config().from().orElseThrow();
    assertThat(origin.run()).isEqualTo(first.path().toString());
    assertThat(origin.step()).isEqualTo(400);
    assertThat(origin.optimizerSteps()).isEqualTo(400);
    assertThat(origin.data()).isEqualTo(first.config().data());
    assertThat(origin.earlier()).isEmpty();
    Path third = folder.resolve("third");
    try (Model model = RunDirectory.open(second).loadModel(backend)) {
      RunDirectory before = RunDirectory.open(second);
      TrainingSettings sgd =
          TrainingSettings.of(ModelFamilies.named("topk")).parse(Map.of("optimizer", "sgd"));
      Log log = new Log();
      trainer(model, "first").from(before).settings(sgd).epochs(1).to(third).listen(log).train();
      assertThat(log.notes.getFirst()).contains("with a new state of the optimiser");
    }
    Origin chain = RunDirectory.open(third).config().from().orElseThrow();
    assertThat(chain.stepsBefore()).isEqualTo(440);
    assertThat(chain.epochsBefore()).isEqualTo(11);
    assertThat(chain.optimizerSteps()).isZero();
    assertThat(chain.earlier()).contains(origin);
  }

  /** The pre-processing is the model's own, however the new data are. */
  @Test
  void preprocessingIsNotFittedAgain() {
    RunDirectory first = trained("topk", Map.of(), 0);
    Path second = folder.resolve("second");
    try (Model model = first.loadModel(backend);
        Dataset louder = mixtures("second", 3)) {
      Trainer.of(model).data(louder).from(first).epochs(1).to(second).train();
      assertThat(model.preprocessing()).contains(first.preprocessing());
    }
    assertThat(RunDirectory.open(second).preprocessing()).isEqualTo(first.preprocessing());
  }

  /** Stopped before its first own checkpoint, and in the middle; the first run is gone by then. */
  @ParameterizedTest
  @ValueSource(ints = {1, 25})
  void aResumedOneEndsWithTheSameBits(int stop) throws Exception {
    RunDirectory first = trained("jumprelu", Map.of("sparsity-warmup", 500), 0);
    Map<String, float[]> whole;
    try (Model model = first.loadModel(backend)) {
      trainer(model, "second").from(first).epochs(2).to(folder.resolve("whole")).train();
      whole = parameters(model);
    }
    Path cut = folder.resolve("cut");
    try (Model model = first.loadModel(backend)) {
      Trainer trainer = trainer(model, "second").from(first).epochs(2).to(cut);
      stopAfter(stop, trainer);
      assertThat(trainer.train().status()).isEqualTo(TrainingResult.Status.STOPPED);
    }
    Files.move(first.path(), folder.resolve("elsewhere"));
    try (Model model = model("jumprelu", Map.of("sparsity-warmup", 500))) {
      trainer(model, "second").epochs(2).warmup(0).to(cut).resume().train();
      assertSame(parameters(model), whole);
    }
  }

  /** Nothing of the seed is left in the parameters. */
  @Test
  void aFreshModelGetsTheRunsParameters() {
    RunDirectory first = trained("batch-topk", Map.of(), 0);
    Path second = folder.resolve("second");
    try (Model model = model("batch-topk", Map.of("aux-weight", 0.5));
        Model saved = first.loadModel(backend)) {
      Trainer trainer = trainer(model, "second").from(first).epochs(1).to(second);
      trainer.requestStop();
      trainer.train();
      Map<String, float[]> before = parameters(saved);
      Map<String, float[]> after = parameters(model);
      assertThat(after.get("threshold.batches")[0])
          .isEqualTo(before.get("threshold.batches")[0] + 1);
      float[] weights = before.get("decoder.weight");
      float[] stepped = after.get("decoder.weight");
      for (int i = 0; i < weights.length; i++) {
        assertThat(Math.abs(stepped[i] - weights[i])).isLessThan(0.02f);
      }
    }
  }

  @Test
  void whatParametersDoNotFitIsRefusedByName() {
    RunDirectory first = trained("topk", Map.of(), 0);
    Path second = folder.resolve("second");
    Map<Map<String, Object>, String> refused =
        Map.of(
            Map.of("hidden", 48), "'hidden' is 96 in the run, and 48 here",
            Map.of("decoder-rows", "unit"), "'decoder-rows' is weighted in the run, and unit here");
    refused.forEach(
        (settings, message) -> {
          try (Model model = model("topk", settings)) {
            Trainer trainer = trainer(model, "second").from(first).to(second);
            assertThatThrownBy(trainer::train)
                .isInstanceOf(WtaException.class)
                .hasMessageContaining(message);
          }
        });
    try (Model model = model("batch-topk", Map.of())) {
      Trainer trainer = trainer(model, "second").from(first);
      assertThatThrownBy(trainer::train)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("model is topk in the run, and batch-topk here");
    }
    try (Model model = first.loadModel(backend)) {
      TrainingSettings other =
          TrainingSettings.of(ModelFamilies.named("topk")).parse(Map.of("preprocess", "center"));
      Trainer trainer = trainer(model, "second").from(first).settings(other).to(second);
      assertThatThrownBy(trainer::train)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'preprocess' is [scale, mean-norm] in the run");
    }
    assertThat(second).doesNotExist();
  }

  /** A run that is resumed with more epochs is past its warm-up, too. */
  @Test
  void moreEpochsDoNotRestartAWarmUp() {
    RunDirectory first = trained("topk", Map.of(), 20);
    Log log = new Log();
    try (Model model = model("topk", Map.of())) {
      trainer(model, "first").warmup(20).epochs(11).to(first.path()).resume().listen(log).train();
    }
    assertThat(log.rates).hasSize(40).containsOnly(1e-3);
  }
}
