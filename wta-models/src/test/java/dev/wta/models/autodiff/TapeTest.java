package dev.wta.models.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.Lifetime;
import dev.wta.models.competition.None;
import dev.wta.models.competition.TopK;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.layer.SelectWinners;
import dev.wta.models.loss.L1;
import dev.wta.models.loss.SquaredError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapeTest {
  private static final int SAMPLES = 7;
  private static final int INPUTS = 5;
  private static final int UNITS = 6;

  private final Backend backend = TestBackends.reference();
  private final Parameter x = parameter("x", SAMPLES, INPUTS);
  private final Parameter weights = parameter("weights", UNITS, INPUTS);
  private final Parameter bias = parameter("bias", UNITS);
  private final Parameter decoder = parameter("decoder", UNITS, INPUTS);
  private final Parameter decoderBias = parameter("decoderBias", INPUTS);
  private final Tensor target = tensor("target", SAMPLES, INPUTS);
  private final Tensor unitTarget = tensor("unitTarget", SAMPLES, UNITS);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void denseLayer() {
    check(
        List.of(x, weights, bias),
        tape ->
            error(
                tape,
                Layers.dense(tape, in(tape), tape.parameter(weights), tape.parameter(bias)),
                unitTarget));
  }

  @Test
  void denseReluLayer() {
    check(List.of(x, weights, bias), tape -> error(tape, hidden(tape), unitTarget));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "lifetime", "topk"})
  void encodeAndDecode(String competition) {
    check(
        List.of(x, weights, bias, decoder, decoderBias),
        tape ->
            error(
                tape,
                Layers.decode(
                    tape,
                    encode(tape, competition),
                    tape.parameter(decoder),
                    tape.parameter(decoderBias)),
                target));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "lifetime", "topk"})
  void tiedWeights(String competition) {
    check(
        List.of(x, weights, bias, decoderBias),
        tape ->
            error(
                tape,
                Layers.decode(
                    tape,
                    encode(tape, competition),
                    tape.parameter(weights),
                    tape.parameter(decoderBias)),
                target));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "lifetime"})
  void l1OfTheCode(String competition) {
    check(List.of(x, weights, bias), tape -> L1.of(tape, encode(tape, competition)));
  }

  @Test
  void l1OfNumbersOfBothSigns() {
    check(List.of(x), tape -> L1.of(tape, new Code.Dense(in(tape))));
  }

  @Test
  void selectAndScatter() {
    check(
        List.of(x, weights, bias),
        tape -> {
          Code.Sparse winners =
              SelectWinners.run(tape, hidden(tape), new SelectionRule.Lifetime(2));
          return error(tape, ScatterWinners.run(tape, winners), unitTarget);
        });
  }

  @Test
  void winnersThroughAnElementwiseOperation() {
    check(
        List.of(x, weights, bias, decoder),
        tape -> {
          Code.Sparse code = (Code.Sparse) encode(tape, "lifetime");
          Code scaled =
              new Code.Sparse(code.winners(), Arithmetic.scale(tape, 0.5, code.coefficients()));
          return error(
              tape,
              Layers.decode(tape, scaled, tape.parameter(decoder), tape.parameter(decoderBias)),
              target);
        });
  }

  @Test
  void addAndSubtractRow() {
    check(
        List.of(x, decoderBias),
        tape ->
            error(tape, Arithmetic.addRow(tape, in(tape), tape.parameter(decoderBias)), target));
    check(
        List.of(x, decoderBias),
        tape ->
            error(
                tape, Arithmetic.subtractRow(tape, in(tape), tape.parameter(decoderBias)), target));
  }

  @Test
  void sigmoidAndScale() {
    check(
        List.of(x),
        tape -> error(tape, Arithmetic.scale(tape, 3, Arithmetic.sigmoid(tape, in(tape))), target));
  }

  @Test
  void rows() {
    check(
        List.of(x, weights, bias),
        tape ->
            error(
                tape,
                Layers.dense(
                    tape,
                    Arithmetic.rows(tape, in(tape), 2, 3),
                    Arithmetic.rows(tape, tape.parameter(weights), 1, 4),
                    Arithmetic.rows(tape, tape.parameter(bias), 1, 4)),
                tensor("slice", 3, 4)));
  }

  @Test
  void aVariableUsedThreeTimesSumsItsGradients() {
    BiFunction<Tape, Variable, Variable> layer =
        (tape, in) -> Layers.dense(tape, in, tape.parameter(weights), tape.parameter(bias));
    check(
        List.of(x, weights),
        tape ->
            error(tape, layer.apply(tape, in(tape)), unitTarget)
                .plus(
                    error(tape, Arithmetic.sigmoid(tape, layer.apply(tape, in(tape))), unitTarget))
                .plus(L1.of(tape, new Code.Dense(in(tape))).times(0.3)));
  }

  @Test
  void aDenseAndAFactoredGradientMeetMaterialised() {
    Function<Tape, Loss> forward =
        tape -> {
          Variable again =
              Layers.decode(
                  tape,
                  encode(tape, "lifetime"),
                  tape.parameter(weights),
                  tape.parameter(decoderBias));
          return error(tape, again, target).plus(error(tape, hidden(tape), unitTarget));
        };
    check(List.of(weights), forward);
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      tape.backward(forward.apply(tape));
      assertThat(tape.gradient(weights).orElseThrow()).isInstanceOf(Gradient.Dense.class);
    }
  }

  @Test
  void weightGradientsStayInFactorsUntilTheyAreRead() {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Code code = encode(tape, "lifetime");
      tape.backward(
          error(
              tape,
              Layers.decode(tape, code, tape.parameter(weights), tape.parameter(decoderBias)),
              target));
      assertThat(tape.gradient(weights).orElseThrow())
          .isInstanceOfSatisfying(
              Gradient.Factored.class, tied -> assertThat(tied.terms()).hasSize(2));
      assertThat(tape.gradient(decoder)).isEmpty();
    }
  }

  @Test
  void squaredErrorIsAveragedOverTheBatch() {
    float[] values = backend.memory().download(x.value());
    float[] wanted = backend.memory().download(target);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += Math.pow((double) values[i] - wanted[i], 2);
    }
    try (Tape tape = Tape.forward(backend)) {
      assertThat(error(tape, in(tape), target).value()).isCloseTo(sum / SAMPLES, within(1e-5));
    }
  }

  @Test
  void nothingFlowsThroughLosers() {
    // Sample s alone has a non-zero input s, so the gradient of weight (u, s) is all that flows
    // through (s, u).
    int samples = 9;
    Parameter wide = Parameter.weight("wide", tensor("wide", UNITS, samples));
    Parameter wideDecoder = Parameter.weight("wideDecoder", tensor("wideDecoder", UNITS, samples));
    Tensor identity = backend.memory().allocate(Shape.of(samples, samples));
    float[] ones = new float[samples * samples];
    for (int s = 0; s < samples; s++) {
      ones[s * samples + s] = 1;
    }
    backend.memory().upload(ones, 0, identity);
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Code.Sparse code =
          (Code.Sparse)
              Layers.encode(
                  tape,
                  tape.constant(identity),
                  tape.parameter(wide),
                  tape.parameter(bias),
                  new Lifetime(0.2));
      Variable out =
          Layers.decode(
              tape, code, tape.parameter(wideDecoder), tape.constant(tensor("zeros", samples)));
      tape.backward(
          SquaredError.of(tape, out, tape.constant(tensor("wideTarget", samples, samples))));
      WinnerList winners = backend.memory().download(code.winners());
      Set<Integer> won = new HashSet<>();
      for (int i = 0; i < winners.count(); i++) {
        won.add(winners.units()[i] * samples + winners.samples()[i]);
      }
      assertThat(won).hasSizeBetween(UNITS, UNITS * 2);
      float[] gradient =
          GradientCheck.materialise(backend, tape.gradient(wide).orElseThrow(), wide.value());
      for (int i = 0; i < gradient.length; i++) {
        if (won.contains(i)) {
          assertThat(gradient[i]).isNotZero();
        } else {
          assertThat(Float.floatToRawIntBits(gradient[i])).as("loser %d", i).isZero();
        }
      }
    }
  }

  @Test
  void aUnitWithoutWinnersGetsAGradientOfExactlyZero() {
    float[] never = {-100, 0, 0, 0, 0, 0};
    backend.memory().upload(never, 0, bias.value());
    Function<Tape, Loss> forward =
        tape ->
            error(
                tape,
                Layers.decode(
                    tape,
                    encode(tape, "lifetime"),
                    tape.parameter(decoder),
                    tape.parameter(decoderBias)),
                target);
    for (Parameter parameter : List.of(weights, decoder)) {
      float[] gradient = GradientCheck.gradient(backend, parameter, forward);
      for (int j = 0; j < INPUTS; j++) {
        assertThat(Float.floatToRawIntBits(gradient[j])).isZero();
      }
      assertThat(gradient[INPUTS]).isNotZero();
    }
  }

  @Test
  void aStepRecyclesWhatTheLastOneUsed() {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Tensor first = tape.temporary(Shape.of(3, 4));
      tape.reset(1);
      assertThat(tape.temporary(Shape.of(3, 4))).isSameAs(first);
    }
    assertThat(target.isOpen()).isTrue();
  }

  @Test
  void eachStepDrawsItsOwnNumbers() {
    try (Tape tape = Tape.recording(backend, Seed.of(3))) {
      tape.reset(5);
      assertThat(tape.stream("noise")).isEqualTo(Seed.of(3).stream("noise", 5));
      tape.reset(6);
      assertThat(tape.stream("noise")).isNotEqualTo(Seed.of(3).stream("noise", 5));
    }
  }

  @Test
  void aForwardTapeHasNoGradients() {
    try (Tape tape = Tape.forward(backend)) {
      Loss loss = error(tape, in(tape), target);
      assertThatThrownBy(() -> tape.backward(loss)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aGradientOfAnotherSizeIsRefused() {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Variable variable = tape.parameter(bias);
      assertThatThrownBy(() -> variable.addGradient(target))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("7x5")
          .hasMessageContaining("6");
    }
  }

  private void check(List<Parameter> parameters, Function<Tape, Loss> forward) {
    GradientCheck.check(backend, parameters, forward);
  }

  private Variable in(Tape tape) {
    return tape.parameter(x);
  }

  private Variable hidden(Tape tape) {
    return Layers.denseRelu(tape, in(tape), tape.parameter(weights), tape.parameter(bias));
  }

  private Code encode(Tape tape, String name) {
    Competition competition =
        switch (name) {
          case "lifetime" -> new Lifetime(0.3);
          case "topk" -> new TopK(2);
          default -> new None();
        };
    return Layers.encode(
        tape, in(tape), tape.parameter(weights), tape.parameter(bias), competition);
  }

  private static Loss error(Tape tape, Variable prediction, Tensor target) {
    return SquaredError.of(tape, prediction, tape.constant(target));
  }

  private Parameter parameter(String name, int... extents) {
    return Parameter.weight(name, tensor(name, extents));
  }

  private Tensor tensor(String name, int... extents) {
    Shape shape = Shape.of(extents);
    return backend.memory().of(shape, TestData.normal(name, (int) shape.size()));
  }

  @Test
  void whatDependsOnParametersAloneIsComputedOnceAStep() {
    int[] computed = new int[1];
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      for (int step = 0; step < 3; step++) {
        tape.reset(step);
        Tensor first = twice(tape, computed);
        assertThat(twice(tape, computed)).isSameAs(first);
        assertThat(computed[0]).isEqualTo(step + 1);
        assertThat(backend.memory().download(first)[0])
            .isEqualTo(2 * backend.memory().download(weights.value())[0]);
        backend.dense().affine(3, weights.value(), 0, weights.value());
      }
    }
  }

  private Tensor twice(Tape tape, int[] computed) {
    Tensor value = weights.value();
    return tape.derived(
        value,
        "twice",
        value.shape(),
        out -> {
          computed[0]++;
          backend.dense().affine(2, value, 0, out);
        });
  }
}
