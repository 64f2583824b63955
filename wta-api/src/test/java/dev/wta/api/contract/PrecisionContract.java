package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.Programs;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Precision;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link Backend#withPrecision}: dense products within the precision, all else as ever. A precision
 * that the backend does not have is refused by name.
 */
public interface PrecisionContract extends Contract {

  /**
   * About the rows, columns and terms of a product that the backend rounds: smaller ones may stay
   * float32 where they would not gain.
   */
  default int roundedExtent() {
    return 500;
  }

  @Test
  default void float32IsTheBackendItself() {
    assertThat(bench().tested().withPrecision(Precision.FLOAT32)).isSameAs(bench().tested());
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  default void productsAreThoseOfRoundedOperands(Precision precision) {
    if (has(precision)) {
      for (Product product : products().toList()) {
        for (int transposes = 0; transposes < 4; transposes++) {
          checkGemm(precision, product, (transposes & 1) != 0, (transposes & 2) != 0);
          bench().release();
        }
      }
    }
  }

  private Stream<Product> products() {
    int large = roundedExtent();
    return Stream.of(
        new Product(0, 3, 4),
        new Product(3, 4, 0),
        new Product(1, 1, 1),
        new Product(7, 13, 31),
        new Product(1, 1021, 67),
        new Product(129, 65, 257),
        new Product(100, 301, 784),
        new Product(300, 784, 100),
        new Product(16, 17, 4099),
        new Product(large - 17, large + 1, large + 111));
  }

  private void checkGemm(
      Precision precision, Product product, boolean transposeA, boolean transposeB) {
    RandomValues random = new RandomValues(product.m() + 31L * product.k());
    Shape shapeA = transposeA ? Shape.of(product.k(), product.m()) : product.left();
    Shape shapeB = transposeB ? Shape.of(product.n(), product.k()) : product.right();
    Shape shapeOut = Shape.of(product.m(), product.n());
    Twin a = bench().input(shapeA, random.normal(shapeA));
    Twin b = bench().input(shapeB, random.normal(shapeB));
    Shape columns = Shape.of(product.n());
    Optional<Twin> bias = Optional.of(bench().input(columns, random.normal(columns)));
    Twin out = bench().output(shapeOut); // NaN, which must not get through
    Twin rectified = bench().output(shapeOut);
    Twin sum = bench().state(shapeOut, random.normal(shapeOut));
    bench()
        .runSum(
            s -> {
              var dense = of(s, precision).dense();
              Tensor left = s.of(a);
              Tensor right = s.of(b);
              dense.gemm(left, transposeA, right, transposeB, 1, 0, Epilogue.NONE, s.of(out));
              Epilogue ending = s.epilogue(bias, true);
              dense.gemm(left, transposeA, right, transposeB, 1, 0, ending, s.of(rectified));
              float half = s.of(-0.5f);
              Epilogue biased = s.epilogue(bias, false);
              dense.gemm(left, transposeA, right, transposeB, half, 1, biased, s.of(sum));
            });
    for (Twin result : List.of(out, rectified, sum)) {
      bench().assertRounded(result, product.k() + 2L, precision.roundingError());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  default void convolutionsAreThoseOfRoundedOperands(Precision precision) {
    if (has(precision)) {
      Stream.concat(
              ConvolutionContract.geometries(),
              Stream.of(
                  ConvolutionContract.Geometry.of(2, 35, 9, 14, 19, Window.same(5)),
                  ConvolutionContract.Geometry.of(2, 32, 28, 28, 48, Window.same(5)),
                  ConvolutionContract.Geometry.of(3, 16, 12, 12, 32, new Window(3, 5, 0))))
          .forEach(
              geometry -> {
                checkConvolution(precision, geometry);
                bench().release();
              });
    }
  }

  private void checkConvolution(Precision precision, ConvolutionContract.Geometry geometry) {
    RandomValues random = new RandomValues(17);
    Window window = geometry.window();
    Twin images = bench().input(geometry.images(), random.normal(geometry.images()));
    Twin filters = bench().input(geometry.filters(), random.normal(geometry.filters()));
    Twin maps = bench().input(geometry.code(), random.normal(geometry.code()));
    Shape ofMap = Shape.of(geometry.maps());
    Shape ofChannel = Shape.of(geometry.images().extent(1));
    Optional<Twin> mapBias = Optional.of(bench().input(ofMap, random.normal(ofMap)));
    Optional<Twin> channelBias = Optional.of(bench().input(ofChannel, random.normal(ofChannel)));
    Twin forward = bench().output(geometry.code());
    Twin transposed = bench().output(geometry.images());
    Twin gradient = bench().output(geometry.filters());
    Twin sum = bench().state(geometry.filters(), random.normal(geometry.filters()));
    bench()
        .runSum(
            s -> {
              var convolution = of(s, precision).convolution();
              Tensor from = s.of(images);
              convolution.forward(
                  from, s.of(filters), window, s.epilogue(mapBias, true), s.of(forward));
              convolution.transposed(
                  s.of(maps),
                  s.of(filters),
                  window,
                  s.epilogue(channelBias, false),
                  s.of(transposed));
              convolution.filterGradient(from, s.of(maps), window, 0, s.of(gradient));
              convolution.filterGradient(from, s.of(maps), window, 1, s.of(sum));
            });
    int taps = window.height() * window.width();
    double rounding = precision.roundingError();
    bench().assertRounded(forward, (long) ofChannel.extent(0) * taps + 1, rounding);
    bench().assertRounded(transposed, (long) geometry.maps() * taps + 1, rounding);
    long positions = geometry.code().size() / Math.max(1, geometry.maps());
    bench().assertRounded(gradient, positions, rounding);
    bench().assertRounded(sum, positions + 1, rounding);
  }

  /** A training stops on NaN, so none may be lost in rounding. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  default void notANumberGetsThrough(Precision precision) {
    if (has(precision)) {
      for (int bits : new int[] {0x7FC00000, 0x7FFFFFFF, 0xFFFFFFFF, 0x7F800001}) {
        Backend view = bench().tested().withPrecision(precision);
        Memory memory = view.memory();
        int rows = roundedExtent() - 20;
        Shape shape = Shape.of(rows, roundedExtent() + 100);
        float[] numbers = new RandomValues(5).normal(shape);
        numbers[shape.extent(1) * 3 + 5] = Float.intBitsToFloat(bits);
        try (Tensor a = memory.of(shape, numbers);
            Tensor b = memory.of(shape, new RandomValues(6).normal(shape));
            Tensor out = memory.allocate(Shape.of(rows, rows))) {
          view.dense().gemm(a, false, b, true, 1, 0, Epilogue.NONE, out);
          float[] found = memory.download(out);
          for (int i = 0; i < found.length; i++) {
            if (Float.isNaN(found[i]) != (i / rows == 3)) {
              fail("row %d has %s", i / rows, found[i]);
            }
          }
        }
      }
    }
  }

  /** The winners of a view are the backend's own, to the bit. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  default void winnersAreExact(Precision precision) {
    if (has(precision)) {
      Backend exact = bench().tested();
      Backend view = exact.withPrecision(precision);
      for (SelectionRule rule :
          List.of(new SelectionRule.Lifetime(5), new SelectionRule.PerSample(7))) {
        assertSame(dense(view, rule, Optional.empty()), dense(exact, rule, Optional.empty()));
      }
      Optional<Window> window = Optional.of(Window.same(5));
      for (SelectionRule rule :
          List.of(
              new SelectionRule.Spatial(),
              new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2)))) {
        assertSame(maps(view, rule, window), maps(exact, rule, window));
      }
    }
  }

  private static WinnerList dense(Backend backend, SelectionRule rule, Optional<Window> window) {
    return winners(backend, rule, window, Shape.of(90, 200), Shape.of(300, 200), Shape.of(90, 300));
  }

  private static WinnerList maps(Backend backend, SelectionRule rule, Optional<Window> window) {
    return winners(
        backend,
        rule,
        window,
        Shape.of(6, 32, 12, 12),
        Shape.of(48, 32, 5, 5),
        Shape.of(6, 48, 12, 12));
  }

  private static WinnerList winners(
      Backend backend,
      SelectionRule rule,
      Optional<Window> window,
      Shape batch,
      Shape weights,
      Shape code) {
    Memory memory = backend.memory();
    RandomValues random = new RandomValues(7);
    try (Tensor x = memory.of(batch, random.normal(batch));
        Tensor w = memory.of(weights, random.normal(weights));
        Tensor bias = memory.allocate(Shape.of(weights.extent(0)));
        Winners winners = memory.allocateWinners(code, rule.capacity(code))) {
      memory.fill(bias, 0);
      backend.selection().encodeWinners(x, w, window, bias, rule, winners);
      return memory.download(winners);
    }
  }

  private static void assertSame(WinnerList actual, WinnerList expected) {
    assertThat(actual.samples()).isEqualTo(expected.samples());
    assertThat(actual.units()).isEqualTo(expected.units());
    assertThat(actual.positions()).isEqualTo(expected.positions());
    assertThat(actual.values()).isEqualTo(expected.values());
  }

  /** The same bits again, and whatever the number of threads. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  default void roundedResultsDoNotDependOnTheThreads(Precision precision) {
    if (has(precision)) {
      Programs.Program large = new Programs.Program("large products", this::large);
      for (Programs.Program program : Stream.concat(Stream.of(large), Programs.all()).toList()) {
        List<float[]> expected = run(program, 1, precision);
        for (int threads : threads()) {
          List<float[]> actual = run(program, threads, precision);
          for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i))
                .as("%s: result %d with %d threads", program.name(), i, threads)
                .isEqualTo(expected.get(i));
          }
        }
      }
    }
  }

  private List<float[]> large(Backend backend) {
    Shape shape = Shape.of(roundedExtent(), roundedExtent());
    Tensor a = backend.memory().of(shape, new RandomValues(8).normal(shape));
    Tensor b = backend.memory().of(shape, new RandomValues(9).normal(shape));
    Tensor out = backend.memory().allocate(shape);
    backend.dense().gemm(a, false, b, true, 1, 0, Epilogue.NONE, out);
    backend.dense().gemm(out, true, b, false, 1, 1, Epilogue.NONE, a);
    return List.of(backend.memory().download(out), backend.memory().download(a));
  }

  private List<float[]> run(Programs.Program program, int threads, Precision precision) {
    try (Backend backend = openBackend(threads)) {
      return program.run().apply(backend.withPrecision(precision));
    }
  }

  /** Whether the backend has a precision; if not, that it says so as it should. */
  private boolean has(Precision precision) {
    Backend backend = bench().tested();
    try {
      backend.withPrecision(precision);
      return true;
    } catch (WtaException refused) {
      assertThat(refused.problem())
          .contains("'%s'".formatted(backend.name()), precision.toString());
      assertThat(refused.remedy()).isNotBlank();
      return false;
    }
  }

  /** The view of a tested side; the reference does not round. */
  private static Backend of(Side side, Precision precision) {
    return switch (side.kind()) {
      case TESTED, REPEATED -> side.backend().withPrecision(precision);
      case REFERENCE, MAGNITUDE -> side.backend();
    };
  }
}
