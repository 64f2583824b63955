package dev.wta.backend.cpu.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.CpuBackendProvider;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Screened winners against those of the float32 kernels, bit for bit. */
class ScreenedSelectionTest {
  private static Backend plain;
  private static Execution execution;
  private static ScreenedSelection screened;
  private static final CpuMemory memory = new CpuMemory();

  @BeforeAll
  static void open() {
    plain = new CpuBackendProvider().open(BackendOptions.defaults().withThreads(2));
    execution = new Execution(2, false);
    screened = new ScreenedSelection(execution, new CoarseAccelerator());
  }

  @AfterAll
  static void close() {
    screened.close();
    execution.close();
    plain.close();
    memory.close();
  }

  /** What samples, weights and biases are made of. */
  enum Kind {
    NORMAL(true),
    /** All rows nearly the same: hardly anything can be excluded. */
    NEARLY_TIED(false),
    /** Few different rows: exact ties. */
    TIED(false),
    /** Each row of a magnitude of its own. */
    MAGNITUDES(true),
    /** Products and sums about the smallest normal number. */
    TINY(false),
    /** Numbers that bfloat16 knows only as subnormal, or not at all. */
    SUBNORMAL(false),
    /** Products overflow. */
    HUGE(false),
    /** Mostly zeros of either sign. */
    ZEROS(false),
    NEGATIVE(true),
    NAN(false),
    INFINITE(false);

    /** Whether screening succeeds. */
    private final boolean succeeds;

    Kind(boolean succeeds) {
      this.succeeds = succeeds;
    }

    private float[] numbers(Random random, int rows, int columns) {
      float[] x = new float[rows * columns];
      for (int r = 0; r < rows; r++) {
        double scale = Math.pow(10, random.nextInt(13) - 6);
        Random row = new Random(this == TIED ? random.nextInt(3) : random.nextLong());
        Random same = new Random(columns);
        for (int c = 0; c < columns; c++) {
          x[r * columns + c] = number(row, same, scale);
        }
      }
      if (this == NAN || this == INFINITE) {
        x[random.nextInt(Math.max(1, x.length))] =
            this == NAN ? Float.NaN : Float.NEGATIVE_INFINITY;
      }
      return x;
    }

    private float number(Random random, Random same, double scale) {
      float normal = (float) random.nextGaussian();
      return switch (this) {
        case NORMAL, TIED, NAN, INFINITE -> normal;
        case NEARLY_TIED -> (float) same.nextGaussian() + 1e-5f * normal;
        case MAGNITUDES -> (float) (scale * normal);
        case TINY -> 1e-19f * normal;
        case SUBNORMAL -> random.nextBoolean() ? 1e-39f * normal : 1e-4f * normal;
        case HUGE -> 1e25f * normal;
        case ZEROS -> random.nextInt(20) > 0 ? Math.copySign(0f, normal) : normal;
        case NEGATIVE -> -Math.abs(normal);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void winnersAreTheSameBits(Kind kind) {
    Random random = new Random(kind.name().hashCode());
    int[] sizes = {1, 2, 15, 16, 17, 40, 67, 130};
    int[] inputs = {1, 2, 3, 17, 64, 129, 264, 265, 400, 530, 1100};
    for (int i = 0; i < 24; i++) {
      int samples = sizes[random.nextInt(sizes.length)];
      int units = sizes[random.nextInt(sizes.length)];
      int depth = inputs[random.nextInt(inputs.length)];
      check(kind, random, samples, units, depth);
    }
  }

  /** Several blocks of samples and of units. */
  @Test
  void winnersOfLargeBatchesAreTheSameBits() {
    check(Kind.NORMAL, new Random(1), 1050, 230, 24);
  }

  /** The float32 product adds up in several slabs, and then as the product of transposes. */
  @Test
  void winnersOfDeepProductsAreTheSameBits() {
    SelectionRule rule = new SelectionRule.Global(20);
    for (int[] size : new int[][] {{3, 2048}, {2048, 3}}) {
      Random random = new Random(size[0]);
      float[] x = Kind.NORMAL.numbers(random, size[0], 3100);
      float[] weights = Kind.NORMAL.numbers(random, size[1], 3100);
      float[] bias = Kind.NORMAL.numbers(random, size[1], 1);
      compare(Kind.NORMAL, x, weights, bias, size[0], size[1], rule, rule);
    }
  }

  /** A sample of zeros has the biases for its code, so any unit may win. */
  @Test
  void samplesOfZerosAreScreenedToo() {
    Random random = new Random(5);
    float[] x = Kind.NORMAL.numbers(random, 40, 64);
    Arrays.fill(x, 0, 5 * 64, 0f);
    Arrays.fill(x, 5 * 64, 6 * 64, -0f);
    float[] weights = Kind.NORMAL.numbers(random, 700, 64);
    float[] bias = new float[700];
    bias[600] = 1e-5f;
    SelectionRule rule = new SelectionRule.PerSample(4);
    compare(Kind.NORMAL, x, weights, bias, 40, 700, rule, rule);
    bias[601] = Float.MIN_VALUE;
    compare(Kind.ZEROS, x, weights, bias, 40, 700, rule, rule);
  }

  /**
   * Thresholds begin where those of the last batch suggest, here a hundred times too high or too
   * low.
   */
  @Test
  void winnersAreTheSameBitsAfterBatchesThatAreUnlike() {
    Random random = new Random(9);
    float[] x = Kind.NORMAL.numbers(random, 70, 64);
    float[] weights = Kind.NORMAL.numbers(random, 500, 64);
    float[] bias = new float[500];
    for (SelectionRule rule :
        List.of(new SelectionRule.PerSample(5), new SelectionRule.Global(350))) {
      for (float scale : new float[] {1, 0.01f, 0.01f, 1, 1, 1}) {
        float[] scaled = new float[weights.length];
        for (int i = 0; i < scaled.length; i++) {
          scaled[i] = scale * weights[i];
        }
        compare(Kind.NORMAL, x, scaled, bias, 70, 500, rule, rule);
      }
    }
  }

  private static void check(Kind kind, Random random, int samples, int units, int depth) {
    float[] x = kind.numbers(random, samples, depth);
    float[] weights = kind.numbers(random, units, depth);
    float[] bias = random.nextBoolean() ? new float[units] : kind.numbers(random, units, 1);
    float[] thresholds = new float[units];
    for (int u = 0; u < units; u++) {
      thresholds[u] = (float) (random.nextGaussian() * Math.sqrt(depth));
    }
    thresholds[random.nextInt(units)] = Float.NaN;
    int k = 1 + random.nextInt(6);
    for (SelectionRule rule :
        List.of(
            new SelectionRule.Lifetime(k),
            new SelectionRule.PerSample(k),
            new SelectionRule.Global(k * samples))) {
      compare(kind, x, weights, bias, samples, units, rule, rule);
    }
    CpuTensor own = tensor(thresholds, units);
    try (Tensor theirs = plain.memory().allocate(Shape.of(units))) {
      plain.memory().upload(thresholds, 0, theirs);
      SelectionRule above = new SelectionRule.Above(own);
      compare(kind, x, weights, bias, samples, units, above, new SelectionRule.Above(theirs));
    }
    own.close();
  }

  private static void compare(
      Kind kind,
      float[] x,
      float[] weights,
      float[] bias,
      int samples,
      int units,
      SelectionRule rule,
      SelectionRule plainRule) {
    String what =
        "%s of %s samples, %d units, %d terms".formatted(rule, samples, units, x.length / samples);
    Shape code = Shape.of(samples, units);
    try (CpuTensor ownX = tensor(x, samples, x.length / samples);
        CpuTensor ownWeights = tensor(weights, units, weights.length / units);
        CpuTensor ownBias = tensor(bias, units);
        CpuWinners winners = memory.allocateWinners(code, rule.capacity(code))) {
      boolean done =
          screened
              .screen(ownX, ownWeights, ownBias, rule, _ -> winners, (long) samples * units)
              .isPresent();
      assertThat(done || !kind.succeeds).as(what).isTrue();
      if (done) {
        assertSame(
            what,
            memory.download(winners, winners.values()),
            winners.nanCount(),
            x,
            weights,
            bias,
            samples,
            units,
            plainRule);
      } else {
        assertThat(kind).as(what).isNotEqualTo(Kind.NORMAL);
      }
    }
  }

  private static void assertSame(
      String what,
      WinnerList found,
      long nans,
      float[] x,
      float[] weights,
      float[] bias,
      int samples,
      int units,
      SelectionRule rule) {
    Shape code = Shape.of(samples, units);
    try (Tensor theirX = plain.memory().allocate(Shape.of(samples, x.length / samples));
        Tensor theirWeights = plain.memory().allocate(Shape.of(units, weights.length / units));
        Tensor theirBias = plain.memory().allocate(Shape.of(units));
        Winners winners = plain.memory().allocateWinners(code, rule.capacity(code))) {
      plain.memory().upload(x, 0, theirX);
      plain.memory().upload(weights, 0, theirWeights);
      plain.memory().upload(bias, 0, theirBias);
      plain
          .selection()
          .encodeWinners(theirX, theirWeights, Optional.empty(), theirBias, rule, winners);
      WinnerList expected = plain.memory().download(winners);
      assertThat(found.samples()).as(what).isEqualTo(expected.samples());
      assertThat(found.units()).as(what).isEqualTo(expected.units());
      assertThat(bits(found.values())).as(what).isEqualTo(bits(expected.values()));
      assertThat(nans).as(what).isEqualTo(winners.nanCount());
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  private static CpuTensor tensor(float[] values, int... extents) {
    CpuTensor tensor = memory.allocate(Shape.of(extents));
    memory.upload(values, 0, tensor);
    return tensor;
  }
}
