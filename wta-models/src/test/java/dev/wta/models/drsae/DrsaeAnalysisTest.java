package dev.wta.models.drsae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What units of a DrSAE stand for: angles, decoders of each iteration, progressive drawing. */
class DrsaeAnalysisTest {
  private static final int UNITS = 3;
  private static final int INPUTS = 4;

  private final Backend backend = Backends.named("reference", BackendOptions.defaults());
  private final Drsae model = model();

  private Drsae model() {
    ModelFamily family = ModelFamilies.named("drsae");
    Map<String, Object> settings = Map.of("hidden", UNITS, "iterations", 3, "classes", 2);
    return (Drsae)
        family.create(family.settings().parse(settings), Shape.of(INPUTS), backend, Seed.of(1));
  }

  @AfterEach
  void close() {
    model.close();
    backend.close();
  }

  private void set(Tensor tensor, float... values) {
    backend.memory().upload(values, 0, tensor);
  }

  @Test
  void anglesAndNormsAreThoseOfTheUnits() {
    set(model.encoderFilters(), 1, 0, 0, 0, 0, 0.5f, 0.5f, 0, 0, 0, 0, 1);
    set(model.decoderFilters(), 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0);
    set(model.recurrentWeights(), 3, 4, 0, 0, 0, 1, 0, 0, 0);
    set(model.classifierWeights(), 1, 0, 6, 0, 2, 8);
    UnitAngles angles = UnitAngles.of(model);
    assertThat(angles.units()).hasSize(3);
    assertThat(angles.units().get(0).angle()).isCloseTo(0, within(1e-6));
    assertThat(angles.units().get(1).angle()).isCloseTo(Math.PI / 4, within(1e-6));
    assertThat(angles.units().get(2).angle()).isCloseTo(Math.PI / 2, within(1e-6));
    assertThat(angles.units())
        .extracting(UnitAngles.Unit::recurrent)
        .containsExactly(5.0, 1.0, 0.0);
    assertThat(angles.units())
        .extracting(UnitAngles.Unit::classifier)
        .containsExactly(1.0, 2.0, 10.0);
    assertThat(angles.of(UnitAngles.Kind.PART)).hasSize(1);
    assertThat(angles.of(UnitAngles.Kind.CATEGORICAL)).hasSize(2);
    assertThat(angles.byAngle()).containsExactly(0, 1, 2);
  }

  @Test
  void aUnitWithoutAnEncoderHasNoAngle() {
    set(model.encoderFilters(), 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0);
    assertThat(UnitAngles.of(model).units())
        .extracting(UnitAngles.Unit::index)
        .containsExactly(0, 2);
  }

  /** Units that are the inputs themselves: the best decoder gives each back. */
  @Test
  void theOptimalDecoderDrawsWhatUnitsStandFor() {
    set(model.encoderFilters(), 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
    set(model.recurrentWeights(), new float[UNITS * UNITS]); // z[t] = t times the input
    Random random = new Random(1);
    float[] values = new float[200 * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % INPUTS == 3 ? 0 : random.nextFloat();
    }
    Dataset data = MemoryDataset.of("positive", Shape.of(INPUTS), values);
    model.preprocessWith(Preprocessing.none());
    float[][] decoders = OptimalDecoders.fit(model, data);
    assertThat(decoders).hasNumberOfRows(3);
    for (int t = 0; t < 3; t++) {
      for (int u = 0; u < UNITS; u++) {
        for (int i = 0; i < INPUTS; i++) {
          assertThat((double) decoders[t][u * INPUTS + i])
              .isCloseTo(u == i ? 1.0 / (t + 1) : 0, within(0.01));
        }
      }
    }
  }

  @Test
  void unitsDrawInTheOrderOfTheirContributions() {
    float[] decoder = {1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 1};
    ProgressiveReconstruction drawn =
        ProgressiveReconstruction.of(new float[] {9, 2, 1, 0}, 1, decoder, UNITS);
    assertThat(drawn.ranked()).containsExactly(1, 0);
    assertThat(drawn.sums()[0]).containsExactly(0, 3, 0, 0);
    assertThat(drawn.sums()[1]).containsExactly(2, 3, 0, 0);
    assertThat(drawn.after(7, INPUTS)).containsExactly(2, 3, 0, 0);
  }
}
