package dev.wta.models.fc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.TopK;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.training.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FcWtaTest {
  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private static List<String> names(Model model) {
    return model.parameters().stream().map(Parameter::name).toList();
  }

  @Test
  void parametersHaveTheNamesAndShapesOfTheCheckpoint() {
    try (FcWta tied = FcWta.Settings.DEFAULTS.hidden(7).tied(true).on(9, backend, Seed.of(1));
        FcWta deep =
            FcWta.Settings.DEFAULTS
                .hidden(7, 5)
                .tied(false)
                .on(Shape.of(1, 3, 3), backend, Seed.of(1))) {
      assertThat(names(tied)).containsExactly("encoder.0.weight", "encoder.0.bias", "decoder.bias");
      assertThat(tied.decoderFilters().shape()).isEqualTo(Shape.of(7, 9));
      assertThat(tied.features()).isEqualTo(7);
      assertThat(names(deep))
          .containsExactly(
              "encoder.0.weight",
              "encoder.0.bias",
              "encoder.1.weight",
              "encoder.1.bias",
              "decoder.weight",
              "decoder.bias");
      assertThat(deep.decoderFilters().shape()).isEqualTo(Shape.of(5, 9));
      assertThat(deep.features()).isEqualTo(5);
    }
  }

  @Test
  void tiedWeightsNeedASingleLayer() {
    FcWta.Settings deep = FcWta.Settings.DEFAULTS.hidden(7, 5).tied(true);
    assertThatThrownBy(() -> deep.on(9, backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("single hidden layer")
        .hasMessageContaining("set tied to false");
  }

  @Test
  void theBuilderSaysWhatTheConfigurationSays() {
    try (FcWta built =
        FcWta.Settings.DEFAULTS
            .hidden(7)
            .competition(new TopK(3))
            .init(0.2)
            .tied(false)
            .on(9, backend, Seed.of(1))) {
      assertThat(built.settings().toMap())
          .containsEntry("hidden", List.of(7))
          .containsEntry("competition", "topk(3)")
          .containsEntry("init", 0.2)
          .containsEntry("tied", false);
    }
  }

  @Test
  void encodingIsTheRectifiedProductWithTheCompetitionOff() {
    float[] x = TestData.normal("x", 4 * 3);
    try (FcWta model =
            FcWta.Settings.DEFAULTS.hidden(5).lifetime(0.25).init(1).on(3, backend, Seed.of(1));
        Tensor batch = backend.memory().of(Shape.of(4, 3), x);
        Tensor features = backend.memory().allocate(Shape.of(4, 5))) {
      float[] weights = backend.memory().download(model.decoderFilters()); // tied
      model.encodePrepared(batch, features);
      float[] encoded = backend.memory().download(features);
      for (int n = 0; n < 4; n++) {
        for (int u = 0; u < 5; u++) {
          double sum = 0;
          for (int j = 0; j < 3; j++) {
            sum += (double) x[n * 3 + j] * weights[u * 3 + j];
          }
          assertThat(encoded[n * 5 + u]).isCloseTo((float) Math.max(0, sum), within(1e-5f));
        }
      }
    }
  }

  /**
   * One winner of each unit over the batch: of four copies of a sample, the first alone is drawn.
   */
  @Test
  void reconstructionHasTheCompetitionOn() {
    try (FcWta model =
            FcWta.Settings.DEFAULTS.hidden(5).lifetime(0.25).init(1).on(3, backend, Seed.of(1));
        Tensor batch = backend.memory().of(Shape.of(4, 3), 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3);
        Tensor out = backend.memory().allocate(Shape.of(4, 3))) {
      model.reconstruct(batch, out);
      float[] drawn = backend.memory().download(out);
      assertThat(drawn[0]).isNotZero();
      for (int i = 3; i < drawn.length; i++) {
        assertThat(drawn[i]).isZero(); // the decoder's bias
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aUnitDecoderStaysOne(boolean tied) {
    ModelFamily family = ModelFamilies.named("fc-wta");
    try (Model model =
        (Model)
            family.create(
                family.settings().parse(Map.of("hidden", 6, "tied", tied, "decoder-norm", "unit")),
                Shape.of(9),
                backend,
                Seed.of(1))) {
      assertUnitRows(model);
      float[] before = backend.memory().download(model.decoderFilters());
      Trainer.of(model).data(TestData.vectors(40, 9)).batch(10).epochs(2).train();
      assertUnitRows(model);
      assertThat(backend.memory().download(model.decoderFilters())).isNotEqualTo(before);
    }
  }

  private void assertUnitRows(Model model) {
    float[] rows = backend.memory().download(model.decoderFilters());
    for (int u = 0; u < 6; u++) {
      double squares = 0;
      for (int j = 0; j < 9; j++) {
        squares += (double) rows[u * 9 + j] * rows[u * 9 + j];
      }
      assertThat(squares).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void explainedVarianceIsZeroForTheMeanAndOneForTheSamples() {
    float[] values = {1, 10, 3, 20, 8, 60};
    float[] means = {4, 30, 4, 30, 4, 30};
    try (Tensor samples = backend.memory().of(Shape.of(3, 2), values);
        Tensor mean = backend.memory().of(Shape.of(3, 2), means);
        Tape tape = Tape.forward(backend)) {
      Variable x = tape.constant(samples);
      assertThat(ExplainedVariance.ofBatch(tape, x, SquaredError.of(tape, x, x))).isEqualTo(1);
      assertThat(ExplainedVariance.ofBatch(tape, x, SquaredError.of(tape, tape.constant(mean), x)))
          .isCloseTo(0, within(1e-6));
    }
  }
}
