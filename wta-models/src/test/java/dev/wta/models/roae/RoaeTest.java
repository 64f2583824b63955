package dev.wta.models.roae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.training.Trainer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoaeTest {
  private static final int INPUTS = 20;
  private static final int UNITS = 30;

  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private Roae model() {
    ModelFamily family = ModelFamilies.named("roae");
    return (Roae)
        (Model)
            family.create(
                family.settings().parse(Map.of("hidden", UNITS)),
                Shape.of(INPUTS),
                backend,
                Seed.of(1));
  }

  @Test
  void theErrorByRankIsThatOfTheEquations() {
    try (Roae model = model()) {
      Dataset data = TestData.vectors(37, INPUTS);
      Trainer.of(model).data(data).batch(10).epochs(3).train();
      PlainRoae plain =
          new PlainRoae(
              TestData.rows(backend.memory().download(model.decoderFilters()), INPUTS), 0.1, 1);
      double[] expected = new double[UNITS];
      for (double[] sample : TestData.rows(TestData.uniform("vectors", 37 * INPUTS), INPUTS)) {
        double[] errors = plain.errorByRank(sample);
        Arrays.setAll(expected, r -> expected[r] + errors[r] / 37);
      }
      assertThat(model.errorByRank(data)).containsExactly(expected, within(1e-4));
    }
  }

  @Test
  void allRanksTogetherLeaveTheReconstructionsError() {
    try (Roae model = model();
        Tensor x = backend.memory().of(Shape.of(1, INPUTS), TestData.uniform("one", INPUTS));
        Tensor drawn = backend.memory().allocate(Shape.of(1, INPUTS))) {
      model.reconstruct(x, drawn);
      float[] sample = backend.memory().download(x);
      float[] reconstruction = backend.memory().download(drawn);
      double squares = 0;
      for (int j = 0; j < INPUTS; j++) {
        squares += Math.pow(sample[j] - reconstruction[j], 2);
      }
      double[] errors = model.errorByRank(MemoryDataset.of("one", Shape.of(INPUTS), sample));
      assertThat(errors[UNITS - 1]).isCloseTo(Math.sqrt(squares), within(1e-5));
    }
  }

  /** Large batches are cut into tiles; together they learn what the samples would alone. */
  @Test
  void updatesOfABatchAreTheSumOfItsSamples() {
    int samples = 70;
    float[] x = TestData.uniform("x", samples * INPUTS);
    float[] weights = TestData.normal("w", UNITS * INPUTS);
    float[] raw = new float[samples * UNITS];
    for (int i = 0; i < raw.length; i++) {
      for (int j = 0; j < INPUTS; j++) {
        raw[i] += x[i / UNITS * INPUTS + j] * weights[i % UNITS * INPUTS + j] / INPUTS;
      }
    }
    float[] together = new float[weights.length];
    double[] errors = new RankOrder(INPUTS, UNITS, 0.1f).walk(x, raw, weights, samples, together);
    float[] sum = new float[weights.length];
    double[] sumOfErrors = new double[UNITS];
    for (int n = 0; n < samples; n++) {
      float[] own = new float[weights.length];
      double[] ofSample =
          new RankOrder(INPUTS, UNITS, 0.1f)
              .walk(
                  Arrays.copyOfRange(x, n * INPUTS, (n + 1) * INPUTS),
                  Arrays.copyOfRange(raw, n * UNITS, (n + 1) * UNITS),
                  weights,
                  1,
                  own);
      for (int i = 0; i < own.length; i++) {
        sum[i] += own[i];
      }
      for (int r = 0; r < UNITS; r++) {
        sumOfErrors[r] += ofSample[r];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      assertThat(together[i]).isCloseTo(sum[i], within(1e-4f));
    }
    assertThat(errors).containsExactly(sumOfErrors, within(1e-6));
  }

  @Test
  void inputsOutsideTheClipAreRefused() {
    float[] values = TestData.normal("normal", 10 * INPUTS);
    try (Roae model = model()) {
      Trainer trainer = Trainer.of(model).data(MemoryDataset.of("wide", Shape.of(INPUTS), values));
      assertThatThrownBy(trainer::train)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("inputs in [0, 1]");
    }
  }
}
