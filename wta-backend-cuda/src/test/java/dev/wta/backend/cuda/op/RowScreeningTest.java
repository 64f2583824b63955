package dev.wta.backend.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cuda.CudaBackendProvider;
import dev.wta.backend.cuda.host.HostCuda;
import dev.wta.backend.cuda.kernel.KernelCache;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Winners by products in bfloat16 are those of products in float32, to the bit: on the stand-in
 * both are computed with one rounding, as long as cuBLAS's sums are not cut.
 */
class RowScreeningTest {
  private HostCuda host;

  @BeforeEach
  void start() {
    host = HostCuda.orSkip();
    System.setProperty(KernelCache.PROPERTY, "off");
  }

  @AfterEach
  void forget() {
    System.clearProperty(RowScreening.PROPERTY);
  }

  /** What a case multiplies, and how many win of each sample. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Problem(
      int samples, int units, int inputs, int k, float[] x, float[] w, float[] b) {
    static Problem normal(int samples, int units, int inputs, int k, long seed) {
      Random random = new Random(seed);
      return new Problem(
          samples,
          units,
          inputs,
          k,
          normal(random, samples * inputs),
          normal(random, units * inputs),
          normal(random, units));
    }

    private static float[] normal(Random random, int size) {
      float[] numbers = new float[size];
      for (int i = 0; i < size; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      return numbers;
    }
  }

  private WinnerList winners(Problem problem, String screening) {
    System.setProperty(RowScreening.PROPERTY, screening);
    Shape code = Shape.of(problem.samples(), problem.units());
    SelectionRule rule = new SelectionRule.PerSample(problem.k());
    try (Backend cuda =
            new CudaBackendProvider(host.searchWithCublas()).open(BackendOptions.defaults());
        Tensor x = cuda.memory().of(Shape.of(problem.samples(), problem.inputs()), problem.x());
        Tensor w = cuda.memory().of(Shape.of(problem.units(), problem.inputs()), problem.w());
        Tensor b = cuda.memory().of(Shape.of(problem.units()), problem.b());
        Winners winners = cuda.memory().allocateWinners(code, rule.capacity(code))) {
      cuda.selection().encodeWinners(x, w, Optional.empty(), b, rule, winners);
      nans = winners.nanCount();
      return cuda.memory().download(winners);
    }
  }

  private long nans;

  private void assertExact(Problem problem) {
    WinnerList expected = winners(problem, "off");
    long expectedNans = nans;
    long products = host.calls("cublasGemmEx");
    WinnerList actual = winners(problem, "always");
    assertThat(host.calls("cublasGemmEx")).isEqualTo(products + 1);
    assertThat(actual.samples()).isEqualTo(expected.samples());
    assertThat(actual.units()).isEqualTo(expected.units());
    assertThat(actual.values()).isEqualTo(expected.values());
    assertThat(nans).isEqualTo(expectedNans);
  }

  @ParameterizedTest(name = "{0} samples, {1} units, {2} inputs, k = {3}")
  @CsvSource({
    "1, 1, 1, 1",
    "3, 5, 7, 2",
    "5, 300, 64, 8",
    "4, 1500, 33, 16",
    "2, 257, 352, 300",
    "7, 600, 128, 1",
  })
  void areThoseOfFloat32(int samples, int units, int inputs, int k) {
    assertExact(Problem.normal(samples, units, inputs, k, units));
  }

  /** Half the units are another's, but for their last bits, which bfloat16 does not have. */
  @Test
  void differencesInTheLastBitsAreDistinguished() {
    Problem problem = Problem.normal(4, 400, 48, 10, 3);
    for (int i = 0; i < problem.w().length / 2; i++) {
      problem.w()[problem.w().length / 2 + i] = Math.nextUp(problem.w()[i]);
    }
    System.arraycopy(problem.b(), 0, problem.b(), 200, 200);
    assertExact(problem);
  }

  @Test
  void tiesGoToTheLowerUnit() {
    Problem problem = Problem.normal(4, 400, 48, 10, 4);
    for (int unit = 1; unit < 400; unit++) {
      System.arraycopy(problem.w(), 0, problem.w(), unit * 48, 48);
      problem.b()[unit] = problem.b()[0];
    }
    assertExact(problem);
  }

  /**
   * Norms that overflow, sums that do, NaN, infinities, subnormal numbers, and samples of zeros.
   */
  @Test
  void whatNoBoundIsProvenOfIsComputed() {
    Problem problem = Problem.normal(8, 300, 40, 6, 5);
    float[] x = problem.x();
    scale(x, 0, 1e38f);
    scale(x, 1, 1e-42f);
    Arrays.fill(x, 2 * 40, 3 * 40, 0);
    x[3 * 40 + 7] = Float.NaN;
    x[4 * 40 + 7] = Float.POSITIVE_INFINITY;
    x[5 * 40 + 7] = Float.MAX_VALUE;
    float[] w = problem.w();
    scale(w, 11, 1e30f);
    scale(w, 12, 1e-38f);
    w[13 * 40] = Float.NaN;
    problem.b()[14] = Float.NaN;
    problem.b()[15] = Float.MAX_VALUE;
    assertExact(problem);
  }

  private static void scale(float[] rows, int row, float factor) {
    for (int i = row * 40; i < (row + 1) * 40; i++) {
      rows[i] *= factor;
    }
  }
}
