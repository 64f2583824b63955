package dev.wta.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rules that do not divide the batch, without the dense code: the same winners, to the bit, as
 * those selected from the product.
 */
class BatchEncodingTest {
  /** Multiply-adds that are repeated for each kind of numbers at a width that the machine lacks. */
  private static final long MOST_EMULATED = 2_000_000;

  private final List<Backend> backends =
      List.of(
          Backends.named("cpu", BackendOptions.defaults().withThreads(1)),
          Backends.named("cpu", BackendOptions.defaults().withThreads(5)));

  @AfterEach
  void close() {
    backends.forEach(Backend::close);
  }

  /** Where activations come from: how their numbers are spread. */
  private enum Kind {
    NORMAL,
    /** Small whole numbers: most are equal to others. */
    TIED,
    /** Tiny and huge ones, infinities and NaN. */
    EXTREME;

    float number(Random random) {
      return switch (this) {
        case NORMAL -> (float) random.nextGaussian();
        case TIED -> random.nextInt(-2, 3);
        case EXTREME ->
            switch (random.nextInt(400)) {
              case 0 -> Float.NaN;
              case 1 -> Float.POSITIVE_INFINITY;
              case 2 -> Float.MIN_VALUE;
              default -> (float) random.nextGaussian() * (random.nextBoolean() ? 1e-38f : 1e10f);
            };
      };
    }
  }

  @ParameterizedTest(name = "{0} samples, {1} units, {2} inputs")
  @CsvSource({
    "1, 1, 1",
    "3, 700, 5",
    "17, 97, 264",
    "64, 200, 265",
    "33, 513, 784",
    "500, 33, 19",
    "20, 70, 3100",
    "300, 2100, 40",
    "5, 0, 3",
    "0, 5, 3",
    "5, 7, 0"
  })
  void theWinnersAreThoseOfTheProduct(int samples, int units, int inputs) {
    boolean slow = Emulation.isOn() && (long) samples * units * inputs > MOST_EMULATED;
    for (Kind kind : slow ? List.of(Kind.TIED) : List.of(Kind.values())) {
      Random random = new Random(samples + 31L * units + inputs);
      float[] x = numbers(kind, random, samples * inputs);
      float[] weights = numbers(kind, random, units * inputs);
      float[] bias = numbers(Kind.TIED, random, units);
      float[] thresholds = new float[units];
      for (int u = 0; u < units; u++) {
        thresholds[u] =
            switch (random.nextInt(20)) {
              case 0 -> Float.NaN;
              case 1 -> Float.POSITIVE_INFINITY;
              case 2 -> -1;
              default -> Math.abs(random.nextInt(3) * (float) Math.sqrt(inputs));
            };
      }
      for (Backend backend : backends) {
        try (Tensor samplesOf = backend.memory().of(Shape.of(samples, inputs), x);
            Tensor rows = backend.memory().of(Shape.of(units, inputs), weights);
            Tensor shifts = backend.memory().of(Shape.of(units), bias);
            Tensor perUnit = backend.memory().of(Shape.of(units), thresholds)) {
          List<SelectionRule> rules = new ArrayList<>(List.of(new SelectionRule.Above(perUnit)));
          for (int k : new int[] {1, 7, 300, 2 * samples, samples * units / 3, samples * units}) {
            rules.add(new SelectionRule.Global(Math.max(1, k)));
          }
          rules.forEach(rule -> compare(backend, samplesOf, rows, shifts, rule, kind));
        }
      }
    }
  }

  private static void compare(
      Backend backend, Tensor x, Tensor weights, Tensor bias, SelectionRule rule, Kind kind) {
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    String what = "%s %s of %s on %s".formatted(kind, rule, code, x.shape());
    try (Tensor dense = backend.memory().allocate(code);
        Winners expected = backend.memory().allocateWinners(code, rule.capacity(code));
        Winners found = backend.memory().allocateWinners(code, rule.capacity(code))) {
      backend.dense().gemm(x, false, weights, true, 1, 0, Epilogue.biasRelu(bias), dense);
      backend.selection().select(dense, rule, expected);
      backend.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, found);
      assertSame(what, backend, found, expected);
      int[] requested = new int[1];
      try (Winners fitting =
          backend
              .selection()
              .encodeToFit(
                  x,
                  weights,
                  bias,
                  rule,
                  count -> {
                    requested[0] = count;
                    return backend.memory().allocateWinners(code, count);
                  })) {
        assertSame(what, backend, fitting, expected);
        if (rule instanceof SelectionRule.Above) {
          assertThat(requested[0]).as(what).isEqualTo(expected.count());
        }
      }
    }
  }

  private static void assertSame(String what, Backend backend, Winners found, Winners expected) {
    WinnerList list = backend.memory().download(found);
    WinnerList wanted = backend.memory().download(expected);
    assertThat(list.samples()).as(what).isEqualTo(wanted.samples());
    assertThat(list.units()).as(what).isEqualTo(wanted.units());
    assertThat(list.values()).as(what).isEqualTo(wanted.values());
    assertThat(found.nanCount()).as(what).isEqualTo(expected.nanCount());
  }

  private static float[] numbers(Kind kind, Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = kind.number(random);
    }
    return numbers;
  }
}
