package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.Backend;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import dev.wta.data.MemoryDataset;
import dev.wta.models.training.Measurement;
import dev.wta.models.training.Trainer;
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
    return family.create(family.settings().parse(configuration), Shape.of(9), backend, Seed.of(1));
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
    try (Model model = model(Map.of("hidden", 8, "lifetime", 0.3))) {
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
