package dev.wta.models.rbm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WtaRbmTest {
  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private Model model(Map<String, Object> configuration) {
    ModelFamily family = ModelFamilies.named("wta-rbm");
    return (Model)
        family.create(family.settings().parse(configuration), Shape.of(9), backend, Seed.of(1));
  }

  @Test
  void inputsThatAreNoProbabilitiesAreRefused() {
    for (float wrong : new float[] {-0.5f, 1.5f}) {
      float[] values = TestData.uniform("range", 90);
      values[40] = wrong;
      try (Model model = model(Map.of("hidden", 8))) {
        Trainer trainer =
            Trainer.of(model).data(MemoryDataset.of("wide", Shape.of(9), values)).batch(10);
        assertThatThrownBy(trainer::train)
            .isInstanceOf(WtaException.class)
            .hasMessageContaining("inputs in [0, 1]")
            .hasMessageContaining(Float.toString(wrong));
      }
    }
  }

  @Test
  void logsFreeEnergyAndReconstructionErrorAndTheWinners() {
    try (Model model = model(Map.of("hidden", 8, "lifetime", 0.3, "plain-steps", 7))) {
      Measurement last =
          Trainer.of(model)
              .data(TestData.patterns(40, Shape.of(9)))
              .batch(10)
              .epochs(2)
              .train()
              .last()
              .orElseThrow();
      assertThat(last.metrics()).containsKeys("freeEnergy", "reconstructionError");
      assertThat(last.metrics().get("freeEnergy")).isNegative();
      assertThat(last.winnersPerSample()).hasValue(8 * 0.3); // 3 of 10, of every unit
    }
  }

  @Test
  void allUnitsOfPlainStepsSurvive() {
    try (Model model = model(Map.of("hidden", 8, "lifetime", 0.3, "plain-steps", 1));
        Tape tape = Tape.forward(backend);
        Tensor x = backend.memory().of(Shape.of(10, 9), TestData.uniform("v", 90))) {
      tape.reset(0);
      assertThat(model.step(tape, x).winners()).isEmpty();
      tape.reset(1);
      assertThat(model.step(tape, x).winners().orElseThrow().count()).isEqualTo(3 * 8);
    }
  }

  @Test
  void beginsByDrawingTheSamplesMean() {
    try (Model model = model(Map.of("hidden", 8, "init", 1e-9))) {
      float[] values = TestData.uniform("v", 18);
      values[2] = 0;
      values[9 + 2] = 0; // never on, but a bias of minus infinity would be no use
      try (Tensor x = backend.memory().of(Shape.of(2, 9), values);
          Tensor drawn = backend.memory().allocate(Shape.of(2, 9))) {
        MemoryDataset samples = MemoryDataset.of("two", Shape.of(9), values);
        model.begin(samples, Preprocessing.fit(List.of(), samples));
        model.reconstruct(x, drawn);
        float[] mean = backend.memory().download(drawn);
        for (int j = 0; j < 9; j++) {
          double expected = j == 2 ? 0.01 : (values[j] + values[9 + j]) / 2;
          assertThat(mean[j]).isCloseTo((float) expected, within(1e-5f));
        }
      }
    }
  }

  /** {@code -log sum over all h of exp(-E(v, h))}, by going through all the hidden states. */
  @Test
  void theFreeEnergyIsThatOfAllHiddenStates() {
    int units = 6;
    try (Model model = model(Map.of("hidden", units, "init", 1));
        Tape tape = Tape.forward(backend);
        Tensor x = backend.memory().of(Shape.of(1, 9), TestData.uniform("v", 9))) {
      Memory memory = backend.memory();
      tape.reset(0);
      memory.upload(TestData.normal("b", units), 0, model.parameters().get(1).value());
      memory.upload(TestData.normal("c", 9), 0, model.parameters().get(2).value());
      float[] v = memory.download(x);
      float[] w = memory.download(model.decoderFilters());
      float[] b = TestData.normal("b", units);
      float[] c = TestData.normal("c", 9);
      double sum = 0;
      for (int state = 0; state < 1 << units; state++) {
        double exponent = 0;
        for (int j = 0; j < 9; j++) {
          exponent += c[j] * v[j];
        }
        for (int u = 0; u < units; u++) {
          for (int j = 0; j < 9 && (state >> u & 1) == 1; j++) {
            exponent += w[u * 9 + j] * v[j] + b[u] / 9;
          }
        }
        sum += Math.exp(exponent);
      }
      double logged = model.step(tape, x).metrics().get("freeEnergy").getAsDouble();
      assertThat(logged).isCloseTo(-Math.log(sum), within(1e-4));
    }
  }

  @Test
  void chainsPersistAndTheOptimiserLeavesThemAlone() {
    try (Model model = model(Map.of("hidden", 8, "chains", 4, "visible", "sampled"))) {
      Parameter chains = model.parameters().getLast();
      assertThat(chains.name()).isEqualTo("chains");
      float[] before = backend.memory().download(chains.value());
      Trainer.of(model).data(TestData.patterns(40, Shape.of(9))).batch(10).epochs(1).train();
      float[] after = backend.memory().download(chains.value());
      assertThat(after).isNotEqualTo(before).hasSize(4 * 9);
      for (float state : after) {
        assertThat(state).isIn(0f, 1f);
      }
    }
  }
}
