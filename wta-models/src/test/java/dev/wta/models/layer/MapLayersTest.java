package dev.wta.models.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Pool;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competitions;
import dev.wta.models.loss.L1;
import dev.wta.models.loss.SquaredError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tape's operations on feature maps. Windows and paddings are uneven on purpose. */
class MapLayersTest {
  private static final int SAMPLES = 3;
  private static final int CHANNELS = 2;
  private static final int MAPS = 4;
  private static final int HEIGHT = 4;
  private static final int WIDTH = 5;
  private static final Window WINDOW = new Window(3, 2, 1); // maps of 4x6
  private static final Window DRAWING = new Window(2, 3, 1); // images of 3x6 from those

  private final Backend backend = TestBackends.reference();
  private final Parameter images = parameter("images", SAMPLES, CHANNELS, HEIGHT, WIDTH);
  private final Parameter filters = parameter("filters", MAPS, CHANNELS, 3, 2);
  private final Parameter bias = parameter("bias", MAPS);
  private final Parameter decoder = parameter("decoder", MAPS, CHANNELS, 2, 3);
  private final Parameter decoderBias = parameter("decoderBias", CHANNELS);
  private final Tensor mapTarget = tensor("mapTarget", SAMPLES, MAPS, 4, 6);
  private final Tensor target = tensor("target", SAMPLES, CHANNELS, 3, 6);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void convolutionLayer() {
    check(
        List.of(images, filters, bias),
        tape -> SquaredError.of(tape, maps(tape), tape.constant(mapTarget)));
  }

  @Test
  void convolutionLayersInSequence() {
    Parameter second = parameter("second", 3, MAPS, 3, 3);
    Parameter secondBias = parameter("secondBias", 3);
    Tensor wanted = tensor("wanted", SAMPLES, 3, 4, 6);
    check(
        List.of(images, filters, bias, second, secondBias),
        tape ->
            SquaredError.of(
                tape,
                Layers.convolutionRelu(
                    tape,
                    maps(tape),
                    tape.parameter(second),
                    tape.parameter(secondBias),
                    Window.same(3)),
                tape.constant(wanted)));
  }

  @ParameterizedTest
  @CsvSource({"3, 2", "2, 3", "5, 1"})
  void maxPool(int size, int stride) {
    Pool pool = new Pool(size, stride);
    Tensor wanted = tensor("wanted", SAMPLES, MAPS, pool.outputExtent(4), pool.outputExtent(6));
    check(
        List.of(images, filters, bias),
        tape ->
            SquaredError.of(tape, Layers.maxPool(tape, maps(tape), pool), tape.constant(wanted)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "spatial", "spatial then lifetime(0.5)", "topk(3)"})
  void encodeAndDecode(String competition) {
    check(
        List.of(images, filters, bias, decoder, decoderBias),
        tape -> error(tape, encode(tape, competition)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "spatial then lifetime(0.5)"})
  void l1OfTheCode(String competition) {
    check(List.of(images, filters, bias), tape -> L1.of(tape, encode(tape, competition)));
  }

  @Test
  void filterGradientsStayInFactorsUntilTheyAreRead() {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      tape.backward(error(tape, encode(tape, "spatial")));
      for (Parameter parameter : List.of(filters, decoder)) {
        assertThat(tape.gradient(parameter).orElseThrow()).isInstanceOf(Gradient.Factored.class);
      }
    }
  }

  @Test
  void encodingAndSelectingInOneGiveTheSameWinners() {
    try (Tape tape = Tape.forward(backend)) {
      Code.Sparse apart = SelectWinners.run(tape, maps(tape), new SelectionRule.Spatial());
      Code.Sparse together = (Code.Sparse) encode(tape, "spatial");
      WinnerList one = backend.memory().download(together.winners());
      WinnerList other = backend.memory().download(apart.winners());
      assertThat(one).usingRecursiveComparison().isEqualTo(other);
    }
  }

  /** Through windows of one pixel, each pixel's gradient is all that flows through its code. */
  @Test
  void nothingFlowsThroughLosers() {
    Window pixel = Window.same(1);
    Parameter pictures = parameter("pictures", 5, 1, HEIGHT, WIDTH);
    Parameter single = Parameter.weight("single", backend.memory().of(Shape.of(1, 1, 1, 1), 1.5f));
    Parameter none = Parameter.bias("none", backend.memory().allocate(Shape.of(1)));
    Tensor wanted = tensor("wanted", 5, 1, HEIGHT, WIDTH);
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Code.Sparse code =
          (Code.Sparse)
              Layers.encodeMaps(
                  tape,
                  tape.parameter(pictures),
                  tape.parameter(single),
                  tape.parameter(none),
                  pixel,
                  Competitions.parse("spatial then lifetime(0.4)"));
      Variable drawn =
          Layers.decodeMaps(tape, code, tape.parameter(single), tape.parameter(none), pixel);
      tape.backward(SquaredError.of(tape, drawn, tape.constant(wanted)));
      WinnerList winners = backend.memory().download(code.winners());
      Set<Integer> won = new HashSet<>();
      for (int w = 0; w < winners.count(); w++) {
        won.add(winners.samples()[w] * HEIGHT * WIDTH + winners.positions()[w]);
      }
      assertThat(won).hasSize(2);
      float[] gradient =
          GradientCheck.materialise(
              backend, tape.gradient(pictures).orElseThrow(), pictures.value());
      for (int i = 0; i < gradient.length; i++) {
        if (won.contains(i)) {
          assertThat(gradient[i]).isNotZero();
        } else {
          assertThat(Float.floatToRawIntBits(gradient[i])).as("loser %d", i).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"spatial", "none"})
  void aMapThatIsNeverActiveGetsAGradientOfExactlyZero(String competition) {
    backend.memory().upload(new float[] {-100, 0, 0, 0}, 0, bias.value());
    for (Parameter parameter : List.of(filters, decoder)) {
      float[] gradient =
          GradientCheck.gradient(
              backend, parameter, tape -> error(tape, encode(tape, competition)));
      int filter = parameter.value().shape().rowSize();
      for (int i = 0; i < filter; i++) {
        assertThat(gradient[i]).isZero();
      }
      assertThat(gradient[filter]).isNotZero();
    }
  }

  private void check(List<Parameter> parameters, Function<Tape, Loss> forward) {
    GradientCheck.check(backend, parameters, forward);
  }

  private Variable maps(Tape tape) {
    return Layers.convolutionRelu(
        tape, tape.parameter(images), tape.parameter(filters), tape.parameter(bias), WINDOW);
  }

  private Code encode(Tape tape, String competition) {
    return Layers.encodeMaps(
        tape,
        tape.parameter(images),
        tape.parameter(filters),
        tape.parameter(bias),
        WINDOW,
        Competitions.parse(competition));
  }

  private Loss error(Tape tape, Code code) {
    return SquaredError.of(
        tape,
        Layers.decodeMaps(
            tape, code, tape.parameter(decoder), tape.parameter(decoderBias), DRAWING),
        tape.constant(target));
  }

  private Parameter parameter(String name, int... extents) {
    return Parameter.weight(name, tensor(name, extents));
  }

  private Tensor tensor(String name, int... extents) {
    Shape shape = Shape.of(extents);
    return backend.memory().of(shape, TestData.normal(name, (int) shape.size()));
  }
}
