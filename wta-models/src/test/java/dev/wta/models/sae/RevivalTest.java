package dev.wta.models.sae;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.sae.op.RowLengths;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead units: how they are counted, and what revives them. */
class RevivalTest {
  private static final int INPUTS = 9;
  private static final int UNITS = 12;
  private static final int MANY_UNITS = 60;
  private static final int DEAD_AFTER = 20;

  private final Backend backend = TestBackends.reference();
  private final Memory memory = backend.memory();
  @TempDir private Path directory;

  @AfterEach
  void close() {
    backend.close();
  }

  private Model model(String family, double auxWeight) {
    return model(family, auxWeight, UNITS);
  }

  private Model model(String family, double auxWeight, int units) {
    return model(
        family,
        Map.of(
            "hidden",
            units,
            "k",
            2,
            "k-aux",
            3,
            "dead-after",
            DEAD_AFTER,
            "aux-weight",
            auxWeight,
            "aux-scale",
            "reconstruction",
            "decoder-rows",
            "unit"));
  }

  private Model model(String family, Map<String, Object> configuration) {
    ModelFamily found = ModelFamilies.named(family);
    return (Model)
        found.create(found.settings().parse(configuration), Shape.of(INPUTS), backend, Seed.of(1));
  }

  private static Parameter parameter(Model model, String name) {
    return model.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Silences the last unit: its bias keeps it from winning, and from nothing else. */
  private void silenceLast(Model model) {
    float[] bias = new float[UNITS];
    Arrays.fill(bias, 5);
    bias[UNITS - 1] = 1;
    memory.upload(bias, 0, parameter(model, "encoder.bias").value());
  }

  @Test
  void silenceIsCountedInSamplesAndEndsAtOnce() {
    try (Model model = model("topk", 0);
        Tape tape = Tape.forward(backend);
        Tensor x = memory.of(Shape.of(8, INPUTS), TestData.uniform("x", 8 * INPUTS))) {
      Parameter silence = parameter(model, "silence");
      silenceLast(model);
      for (int samples : new int[] {8, 16, 20, 20}) { // no further than dead-after
        double share = model.step(tape, x).metrics().get("deadShare").getAsDouble();
        assertThat(memory.download(silence.value())[UNITS - 1]).isEqualTo(samples);
        assertThat(share > 0).isEqualTo(samples == DEAD_AFTER);
        tape.reset(0);
      }
      memory.fill(parameter(model, "encoder.bias").value(), 5);
      float[] favoured = new float[UNITS];
      favoured[UNITS - 1] = 100;
      memory.upload(favoured, 0, parameter(model, "encoder.bias").value());
      model.step(tape, x);
      assertThat(memory.download(silence.value())[UNITS - 1]).isZero();
    }
  }

  /** Some of the 60 latents, for whom there is room for 8, 32 or 60. */
  @ParameterizedTest
  @ValueSource(ints = {1, 17, 50, 60})
  void deadLatentsAreChosenAsFromTheDenseCode(int dead) {
    Map<String, Object> configuration = Map.of("hidden", MANY_UNITS, "k", 2);
    try (TopKSae model = (TopKSae) model("topk", configuration);
        Tape tape = Tape.forward(backend);
        Tensor x = memory.of(Shape.of(8, INPUTS), TestData.normal("x", 8 * INPUTS))) {
      memory.upload(
          TestData.normal("bias", MANY_UNITS), 0, parameter(model, "encoder.bias").value());
      int[] isDead = IntStream.range(0, dead).map(i -> i * 7 % MANY_UNITS).sorted().toArray();
      Variable centred = model.centred(tape, tape.constant(x));
      Code.Sparse code = model.competition().ofDead(tape, centred, isDead, 3, true);
      float[] found = memory.download(ScatterWinners.run(tape, code).value());
      Variable weights = model.encoder(tape);
      float[] dense =
          memory.download(Layers.dense(tape, centred, weights, model.encoderBias(tape)).value());
      float[] lengths = memory.download(RowLengths.of(tape, model.decoder(tape).value()));
      for (int sample = 0; sample < 8; sample++) {
        int row = sample * MANY_UNITS;
        List<Integer> largest =
            Arrays.stream(isDead)
                .boxed()
                .sorted(Comparator.comparingDouble(unit -> -dense[row + unit] * lengths[unit]))
                .limit(3)
                .toList();
        for (int unit = 0; unit < MANY_UNITS; unit++) {
          float expected = largest.contains(unit) ? dense[row + unit] : 0;
          assertThat(found[row + unit]).isCloseTo(expected, within(1e-6f));
        }
      }
    }
  }

  /** It learns from what the winners miss, by its rows of both matrices and its bias. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka"})
  void aDeadUnitLearnsAgainAndALivingLoserDoesNot(String family) {
    for (double auxWeight : new double[] {1.0 / 32, 0}) {
      try (Model model = model(family, auxWeight);
          Tensor x = memory.of(Shape.of(8, INPUTS), TestData.uniform("x", 8 * INPUTS))) {
        silenceLast(model);
        float[] counts = new float[UNITS];
        counts[UNITS - 1] = DEAD_AFTER;
        for (String name : new String[] {"encoder.weight", "encoder.bias", "decoder.weight"}) {
          float[] gradient =
              GradientCheck.gradient(
                  backend, parameter(model, name), tape -> loss(model, tape, x, counts));
          int width = gradient.length / UNITS;
          boolean learns = false;
          for (int i = (UNITS - 1) * width; i < UNITS * width; i++) {
            learns |= gradient[i] != 0;
          }
          assertThat(learns).as("%s at %s", name, auxWeight).isEqualTo(auxWeight > 0);
        }
      }
    }
  }

  /** A rectifier would leave it no gradient, however many samples come. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka"})
  void aLatentThatIsNegativeEverywhereCanReturn(String family) {
    for (boolean signed : new boolean[] {true, false}) {
      Map<String, Object> configuration =
          Map.of("hidden", UNITS, "k", 2, "dead-after", DEAD_AFTER, "aux-signed", signed);
      try (Model model = model(family, configuration)) {
        assertThat(learnsFarBelowZero(model, "decoder.weight")).isEqualTo(signed);
        assertThat(learnsFarBelowZero(model, "encoder.bias")).isEqualTo(signed);
      }
    }
  }

  @Test
  void aDeadLatentOfJumpReluReturnsByItsPreActivation() {
    for (double weight : new double[] {0.1, 0}) {
      Map<String, Object> configuration =
          Map.of("hidden", UNITS, "dead-after", DEAD_AFTER, "pre-activation-weight", weight);
      try (Model model = model("jumprelu", configuration)) {
        assertThat(learnsFarBelowZero(model, "encoder.bias")).isEqualTo(weight > 0);
        assertThat(learnsFarBelowZero(model, "threshold")).isEqualTo(weight > 0);
      }
    }
  }

  /** Whether the last unit, dead and negative for all samples, has a gradient. */
  private boolean learnsFarBelowZero(Model model, String name) {
    float[] bias = new float[UNITS];
    bias[UNITS - 1] = -50;
    memory.upload(bias, 0, parameter(model, "encoder.bias").value());
    float[] counts = new float[UNITS];
    counts[UNITS - 1] = DEAD_AFTER;
    try (Tensor x = memory.of(Shape.of(8, INPUTS), TestData.uniform("x", 8 * INPUTS))) {
      float[] gradient =
          GradientCheck.gradient(
              backend, parameter(model, name), tape -> loss(model, tape, x, counts));
      int width = gradient.length / UNITS;
      for (int i = (UNITS - 1) * width; i < gradient.length; i++) {
        if (gradient[i] != 0) {
          return true;
        }
      }
      return false;
    }
  }

  /** The detached error's share of the loss is what the equations say, by finite differences. */
  @Test
  void theDeadUnitsGradientIsThatOfItsLoss() {
    try (Model model = model("topk", 2);
        Tensor x = memory.of(Shape.of(8, INPUTS), TestData.uniform("x", 8 * INPUTS))) {
      silenceLast(model);
      float[] counts = new float[UNITS];
      counts[UNITS - 1] = DEAD_AFTER;
      Parameter bias = parameter(model, "encoder.bias");
      float[] gradient =
          GradientCheck.gradient(backend, bias, tape -> loss(model, tape, x, counts));
      float[] values = memory.download(bias.value());
      double[] around = new double[2];
      for (int side = 0; side < 2; side++) {
        float[] moved = values.clone();
        moved[UNITS - 1] += side == 0 ? -1e-2f : 1e-2f;
        memory.upload(moved, 0, bias.value());
        try (Tape tape = Tape.forward(backend)) {
          around[side] = loss(model, tape, x, counts).value();
        }
      }
      double difference = (around[1] - around[0]) / 2e-2;
      assertThat((double) gradient[UNITS - 1])
          .isCloseTo(difference, within(2e-3 * Math.abs(difference)));
      assertThat(Math.abs(difference)).isGreaterThan(1e-2);
    }
  }

  private Loss loss(Model model, Tape tape, Tensor x, float[] counts) {
    memory.upload(counts, 0, parameter(model, "silence").value());
    return model.step(tape, x).loss();
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka"})
  void stoppedWithDeadUnitsAndResumedItEndsTheSame(String family) {
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    train(family, straight, 99, false);
    for (int stopAt : new int[] {5, 9, 99}) {
      train(family, halting, stopAt, stopAt > 5);
    }
    assertSameBits(halting, straight);
  }

  private void train(String family, Path run, int stopAt, boolean resume) {
    try (Model model = model(family, 1.0 / 32, MANY_UNITS)) {
      Trainer trainer =
          Trainer.of(model)
              .data(TestData.vectors(57, INPUTS))
              .batch(10)
              .epochs(3)
              .logEvery(1)
              .to(run)
              .resume(resume);
      double[] mostDead = {0};
      trainer.listen(
          new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
              if (report.step() == stopAt) {
                trainer.requestStop();
              }
            }

            @Override
            public void measured(Measurement measurement) {
              mostDead[0] = Math.max(mostDead[0], measurement.metrics().get("deadShare"));
            }
          });
      trainer.train();
      assertThat(mostDead[0]).as("some units were dead").isPositive();
    }
  }
}
