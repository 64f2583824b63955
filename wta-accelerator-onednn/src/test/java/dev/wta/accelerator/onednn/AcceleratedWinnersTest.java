package dev.wta.accelerator.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.CpuBackendProvider;
import dev.wta.backend.cpu.accelerator.Accelerators;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CPU backend with oneDNN against the one without, bit for bit. */
class AcceleratedWinnersTest {
  private static Backend plain;
  private static Backend accelerated;

  @BeforeAll
  static void open() {
    System.setProperty(Accelerators.PROPERTY, "off");
    plain = new CpuBackendProvider().open(BackendOptions.defaults().withThreads(2));
    System.clearProperty(Accelerators.PROPERTY);
    accelerated = new CpuBackendProvider().open(BackendOptions.defaults().withThreads(2));
  }

  @AfterAll
  static void close() {
    accelerated.close();
    plain.close();
  }

  @BeforeEach
  void needOneDnn() {
    Optional<String> obstacle = new OneDnnAccelerator().obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
    assertThat(accelerated.device()).contains("winners by oneDNN");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void winnersAreTheSameBits(int seed) {
    Random random = new Random(seed);
    int samples = 500 + random.nextInt(300);
    int inputs = 128 + random.nextInt(400);
    int units = 2200 + random.nextInt(500); // large enough to be screened
    float[] x = rows(random, samples, inputs, seed);
    float[] weights = rows(random, units, inputs, seed);
    float[] bias = seed % 2 == 0 ? new float[units] : rows(random, units, 1, seed);
    float[] thresholds = new float[units];
    Arrays.fill(thresholds, (float) (2.5 * Math.sqrt(inputs)));
    assertSame(x, weights, bias, units, _ -> new SelectionRule.Lifetime(samples / 70));
    assertSame(x, weights, bias, units, _ -> new SelectionRule.PerSample(20));
    assertSame(x, weights, bias, units, _ -> new SelectionRule.Global(20 * samples));
    assertSame(x, weights, bias, units, backend -> above(backend, thresholds));
    assertSame(
        x,
        weights,
        bias,
        units,
        _ -> new SelectionRule.PerSample(20).then(new SelectionRule.Lifetime(5)));
  }

  /** Normal numbers; then some rows of other magnitudes, some of zeros, and some that are tied. */
  private static float[] rows(Random random, int rows, int columns, int seed) {
    float[] x = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      float scale = seed < 3 ? 1 : (float) Math.pow(10, random.nextInt(5) - 2);
      boolean zero = seed > 4 && random.nextInt(10) == 0;
      boolean tied = seed > 3 && r > 0 && random.nextInt(10) == 0;
      for (int c = 0; c < columns; c++) {
        int at = r * columns + c;
        x[at] = tied ? x[at - columns] : zero ? 0 : scale * (float) random.nextGaussian();
      }
    }
    if (seed == 6) {
      x[random.nextInt(x.length)] = Float.NaN;
    }
    return x;
  }

  private static SelectionRule above(Backend backend, float[] thresholds) {
    return new SelectionRule.Above(tensor(backend, thresholds, thresholds.length));
  }

  private static void assertSame(
      float[] x, float[] weights, float[] bias, int units, Function<Backend, SelectionRule> rule) {
    Result expected = select(plain, x, weights, bias, units, rule);
    Result found = select(accelerated, x, weights, bias, units, rule);
    assertThat(found.winners.samples()).isEqualTo(expected.winners.samples());
    assertThat(found.winners.units()).isEqualTo(expected.winners.units());
    assertThat(bits(found.winners.values())).isEqualTo(bits(expected.winners.values()));
    assertThat(found.nans).isEqualTo(expected.nans);
  }

  private record Result(WinnerList winners, long nans) {}

  private static Result select(
      Backend backend,
      float[] x,
      float[] weights,
      float[] bias,
      int units,
      Function<Backend, SelectionRule> rule) {
    int inputs = weights.length / units;
    Shape code = Shape.of(x.length / inputs, units);
    SelectionRule chosen = rule.apply(backend);
    try (Tensor samples = tensor(backend, x, code.extent(0), inputs);
        Tensor rows = tensor(backend, weights, units, inputs);
        Tensor shifts = tensor(backend, bias, units);
        Winners winners = backend.memory().allocateWinners(code, chosen.capacity(code))) {
      backend.selection().encodeWinners(samples, rows, Optional.empty(), shifts, chosen, winners);
      return new Result(backend.memory().download(winners), winners.nanCount());
    }
  }

  private static Tensor tensor(Backend backend, float[] values, int... extents) {
    Tensor tensor = backend.memory().allocate(Shape.of(extents));
    backend.memory().upload(values, 0, tensor);
    return tensor;
  }

  private static List<Integer> bits(float[] values) {
    Integer[] bits = new Integer[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return List.of(bits);
  }
}
