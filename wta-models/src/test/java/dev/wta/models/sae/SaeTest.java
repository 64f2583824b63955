package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.init.GeometricMedian;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sparse autoencoders promise, one family or all. */
class SaeTest {
  private static final int INPUTS = 9;
  private static final int UNITS = 12;
  private static final int SAMPLES = 7;

  private final Backend backend = TestBackends.reference();
  private final Memory memory = backend.memory();

  @AfterEach
  void close() {
    backend.close();
  }

  private Model unitRows(String family) {
    Map<String, Object> configuration = new HashMap<>(Map.of("hidden", UNITS));
    configuration.put("decoder-rows", "unit");
    if (ModelFamilies.named(family).settings().find("k").isPresent()) {
      configuration.put("k", UNITS);
    }
    return model(family, configuration);
  }

  private Model model(String family, Map<String, Object> configuration) {
    ModelFamily found = ModelFamilies.named(family);
    return (Model)
        found.create(found.settings().parse(configuration), Shape.of(INPUTS), backend, Seed.of(1));
  }

  /** All units win, in the families that count winners. */
  private Model model(String family) {
    boolean counts = ModelFamilies.named(family).settings().find("k").isPresent();
    return model(family, counts ? Map.of("hidden", UNITS, "k", UNITS) : Map.of("hidden", UNITS));
  }

  private static Tensor value(Model model, String name) {
    return model.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private float[] values(Model model, String name) {
    return memory.download(value(model, name));
  }

  private Tensor batch() {
    return memory.of(Shape.of(SAMPLES, INPUTS), TestData.normal("x", SAMPLES * INPUTS));
  }

  private float[] encoded(Model model, Tensor x) {
    try (Tensor features = memory.allocate(Shape.of(x.shape().rows(), UNITS))) {
      model.encodePrepared(x, features);
      return memory.download(features);
    }
  }

  private static int active(float[] code) {
    int active = 0;
    for (float activation : code) {
      active += activation > 0 ? 1 : 0;
    }
    return active;
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void beginsAtTheSamplesCentreWithATransposedEncoder(String family) {
    Dataset data = TestData.vectors(50, INPUTS);
    try (Model model = unitRows(family)) {
      model.begin(data, Preprocessing.none());
      float[] samples = TestData.uniform("vectors", 50 * INPUTS);
      double[] median = GeometricMedian.of(samples, INPUTS);
      float[] centre = values(model, "decoder.bias");
      double variance = 0;
      for (int j = 0; j < INPUTS; j++) {
        assertThat(centre[j]).isCloseTo((float) median[j], within(1e-6f));
        double mean = 0;
        for (int n = 0; n < 50; n++) {
          mean += samples[n * INPUTS + j] / 50.0;
        }
        for (int n = 0; n < 50; n++) {
          variance += Math.pow(samples[n * INPUTS + j] - mean, 2) / 50;
        }
      }
      assertThat(values(model, "variance")[0]).isCloseTo((float) variance, within(1e-5f));
      assertEncoderIsAShorterDecoder(model);
      assertRowsOfLengthOne(values(model, "decoder.weight"));
    }
  }

  /** A multiple of the decoder, at most it itself. */
  private void assertEncoderIsAShorterDecoder(Model model) {
    float[] encoder = values(model, "encoder.weight");
    float[] decoder = values(model, "decoder.weight");
    float factor = encoder[0] / decoder[0];
    assertThat(factor).isBetween(0.1f, 1f);
    for (int i = 0; i < encoder.length; i++) {
      assertThat(encoder[i]).isCloseTo(factor * decoder[i], within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void theDecodersRowsStayOfLengthOneAndLeaveTheEncoders(String family) {
    try (Model model = unitRows(family)) {
      Trainer.of(model).data(TestData.patterns(50, Shape.of(INPUTS))).batch(10).epochs(3).train();
      assertRowsOfLengthOne(values(model, "decoder.weight"));
      assertThat(values(model, "encoder.weight")).isNotEqualTo(values(model, "decoder.weight"));
    }
  }

  /** Losses go on being divided by what they were: a loaded model has not looked at samples. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void aLoadedModelsLossIsTheSavedOnes(String family, @TempDir Path directory) {
    try (Model model = model(family);
        Tensor x = batch();
        Tape tape = Tape.forward(backend)) {
      Trainer.of(model)
          .data(TestData.patterns(50, Shape.of(INPUTS)))
          .batch(10)
          .epochs(2)
          .to(directory)
          .train();
      try (Model loaded = RunDirectory.open(directory).loadModel(backend)) {
        assertThat(loaded.step(tape, x).loss().value())
            .isEqualTo(model.step(tape, x).loss().value());
      }
    }
  }

  private static void assertRowsOfLengthOne(float[] weights) {
    for (int u = 0; u < UNITS; u++) {
      double squares = 0;
      for (int j = 0; j < INPUTS; j++) {
        squares += weights[u * INPUTS + j] * (double) weights[u * INPUTS + j];
      }
      assertThat(squares).isCloseTo(1, within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void explainedVarianceIsZeroForTheMeanAndOneForTheSamples(String family) {
    Map<String, Object> all =
        family.contains("topk") || family.equals("matryoshka")
            ? Map.of("hidden", INPUTS, "k", INPUTS)
            : Map.of("hidden", INPUTS);
    try (Model model = model(family, all);
        Tape tape = Tape.forward(backend);
        Tensor x = batch()) {
      float[] unit = new float[INPUTS * INPUTS];
      for (int j = 0; j < INPUTS; j++) {
        unit[j * INPUTS + j] = 1;
      }
      memory.upload(unit, 0, value(model, "encoder.weight"));
      memory.upload(unit, 0, value(model, "decoder.weight"));
      float[] samples = memory.download(x);
      float[] mean = new float[INPUTS];
      for (int i = 0; i < samples.length; i++) {
        mean[i % INPUTS] += samples[i] / SAMPLES;
      }
      memory.upload(mean, 0, value(model, "decoder.bias"));
      memory.fill(value(model, "encoder.bias"), -100);
      assertThat(explained(model, tape, x)).isCloseTo(0, within(1e-6));
      memory.fill(value(model, "encoder.bias"), 0);
      memory.fill(value(model, "decoder.bias"), -10); // below all samples
      assertThat(explained(model, tape, x)).isCloseTo(1, within(1e-6));
    }
  }

  private static double explained(Model model, Tape tape, Tensor x) {
    tape.reset(0);
    return model.step(tape, x).metrics().get("explainedVariance").getAsDouble();
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka"})
  void losersLearnNothing(String family) {
    try (Model model = model(family, Map.of("hidden", UNITS, "k", 1));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = batch()) {
      StepOutput output = model.step(tape, x);
      int[] winning = memory.download(output.winners().orElseThrow()).units();
      tape.reset(0);
      for (String name : new String[] {"encoder.weight", "encoder.bias", "decoder.weight"}) {
        Parameter parameter =
            model.parameters().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        float[] gradient =
            GradientCheck.gradient(backend, parameter, again -> model.step(again, x).loss());
        int width = gradient.length / UNITS;
        for (int u = 0; u < UNITS; u++) {
          float[] ofUnit = Arrays.copyOfRange(gradient, u * width, (u + 1) * width);
          int unit = u;
          if (Arrays.stream(winning).anyMatch(winner -> winner == unit)) {
            assertThat(ofUnit).isNotEqualTo(new float[width]);
          } else {
            assertThat(ofUnit).containsOnly(0f);
          }
        }
      }
    }
  }

  @Test
  void equalActivationsStillLeaveKWinners() {
    for (String family : new String[] {"topk", "batch-topk", "matryoshka"}) {
      try (Model model = model(family, Map.of("hidden", UNITS, "k", 3));
          Tape tape = Tape.forward(backend);
          Tensor x = memory.allocate(Shape.of(SAMPLES, INPUTS))) {
        memory.fill(value(model, "encoder.bias"), 2); // all activations are 2
        StepOutput output = model.step(tape, x);
        assertThat(output.winners().orElseThrow().count()).as(family).isEqualTo(3 * SAMPLES);
        assertThat(output.metrics().get("l0").getAsDouble()).isEqualTo(3);
      }
    }
  }

  @Test
  void asManyWinnersAsThereAreUnitsIsAllThatArePositive() {
    for (String family : new String[] {"topk", "batch-topk", "matryoshka"}) {
      try (Model model = model(family, Map.of("hidden", UNITS, "k", UNITS));
          Tape tape = Tape.forward(backend);
          Tensor x = batch()) {
        int winners = model.step(tape, x).winners().orElseThrow().count();
        assertThat(winners).isBetween(1, SAMPLES * UNITS - 1);
        memory.fill(value(model, "encoder.bias"), 100);
        tape.reset(0);
        assertThat(model.step(tape, x).winners().orElseThrow().count()).isEqualTo(SAMPLES * UNITS);
      }
    }
  }

  @Test
  void topKEncodesTheKLargestOfEachSample() {
    try (Model model = model("topk", Map.of("hidden", UNITS, "k", 3));
        Tensor x = batch()) {
      memory.fill(value(model, "encoder.bias"), 2);
      float[] code = encoded(model, x);
      for (int n = 0; n < SAMPLES; n++) {
        assertThat(active(Arrays.copyOfRange(code, n * UNITS, (n + 1) * UNITS))).isEqualTo(3);
      }
    }
  }

  /** The threshold is the smallest winner's running mean, and what exceeds it is encoded. */
  @ParameterizedTest
  @ValueSource(strings = {"batch-topk", "matryoshka"})
  void whatExceedsTheThresholdIsEncoded(String family) {
    try (Model model = model(family, Map.of("hidden", UNITS, "k", 2));
        Tape tape = Tape.forward(backend);
        Tensor x = batch();
        Tensor y = memory.of(Shape.of(SAMPLES, INPUTS), TestData.normal("y", SAMPLES * INPUTS))) {
      assertThat(active(encoded(model, x))).as("before training").isGreaterThan(2 * SAMPLES);
      double expected = 0;
      for (int step = 0; step < 5; step++) {
        tape.reset(step);
        float[] kept =
            memory
                .download(model.step(tape, step % 2 == 0 ? x : y).winners().orElseThrow())
                .values();
        float[] sorted = kept.clone();
        Arrays.sort(sorted);
        double decay = step == 0 ? 0 : (1.0 + step) / (10 + step);
        expected = decay * expected + (1 - decay) * sorted[0];
        assertThat(values(model, "threshold")[0]).isCloseTo((float) expected, within(1e-6f));
      }
      float threshold = values(model, "threshold")[0];
      float[] code = encoded(model, x);
      assertThat(active(code)).isBetween(1, SAMPLES * UNITS / 2);
      for (float activation : code) {
        assertThat(activation == 0 || activation > threshold).isTrue();
      }
      float[] alone;
      try (Tensor one = memory.of(Shape.of(1, INPUTS), TestData.normal("x", INPUTS))) {
        alone = encoded(model, one);
      }
      assertThat(alone).containsExactly(Arrays.copyOf(code, UNITS), within(1e-6f));
    }
  }

  @Test
  void afterManyBatchesTheThresholdsDecayIsThePapers() {
    try (Model model = model("batch-topk", Map.of("hidden", UNITS, "k", 2));
        Tape tape = Tape.forward(backend);
        Tensor x = batch()) {
      memory.fill(value(model, "threshold"), 100);
      memory.fill(value(model, "threshold.batches"), 10_000);
      float[] kept = memory.download(model.step(tape, x).winners().orElseThrow()).values();
      Arrays.sort(kept);
      assertThat(values(model, "threshold")[0]).isCloseTo(99.9f + kept[0] / 1000, within(1e-4f));
      assertThat(values(model, "threshold.batches")).containsExactly(10_000);
    }
  }

  @Test
  void latentsThatNoMemoryHoldsAreRefused() {
    TopKSae.Settings settings = TopKSae.Settings.DEFAULTS.hidden(1 << 20);
    assertThatThrownBy(() -> settings.on(Shape.of(1 << 17), backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the weights of 1,048,576 latents of 131,072 inputs take 1,099.5 GB");
  }

  @Test
  void reconstructionsAreMadeFromTheFeatures() {
    for (String family :
        new String[] {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"}) {
      try (Model model = model(family);
          Tensor x = batch();
          Tensor drawn = memory.allocate(x.shape())) {
        memory.upload(TestData.normal("c", INPUTS), 0, value(model, "decoder.bias"));
        model.reconstruct(x, drawn);
        float[] code = encoded(model, x);
        float[] d = values(model, "decoder.weight");
        float[] expected = new float[SAMPLES * INPUTS];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = values(model, "decoder.bias")[i % INPUTS];
          for (int u = 0; u < UNITS; u++) {
            expected[i] += code[i / INPUTS * UNITS + u] * d[u * INPUTS + i % INPUTS];
          }
        }
        assertThat(memory.download(drawn)).containsExactly(expected, within(1e-4f));
      }
    }
  }

  @Test
  void onePrefixIsBatchTopK() {
    try (Model nested = model("matryoshka", Map.of("hidden", UNITS, "k", 3, "prefixes", 1));
        Model plain = model("batch-topk", Map.of("hidden", UNITS, "k", 3));
        Tape tape = Tape.forward(backend);
        Tensor x = batch()) {
      assertThat(nested.step(tape, x).loss().value()).isEqualTo(plain.step(tape, x).loss().value());
    }
  }

  @Test
  void prefixesDouble() {
    assertThat(MatryoshkaSae.ends(2000, 5)).containsExactly(125, 250, 500, 1000, 2000);
    assertThat(MatryoshkaSae.ends(30, 4)).containsExactly(4, 8, 15, 30);
    assertThat(MatryoshkaSae.ends(3, 5)).containsExactly(1, 2, 3);
    assertThat(MatryoshkaSae.ends(1, 20)).containsExactly(1);
  }
}
