package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link dev.wta.api.op.Dense#gemm}. */
public interface GemmContract extends Contract {

  @ParameterizedTest(name = "gemm of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#products")
  default void gemm(Product product) {
    for (boolean transposeA : new boolean[] {false, true}) {
      for (boolean transposeB : new boolean[] {false, true}) {
        checkGemm(product, transposeA, transposeB, 1, 0, false, false);
        checkGemm(product, transposeA, transposeB, 1, 0, true, true);
        checkGemm(product, transposeA, transposeB, 0.5f, -1, true, false);
        checkGemm(product, transposeA, transposeB, -2, 1, false, true);
        bench().release();
      }
    }
  }

  @Test
  default void gemmOfWideAndDeepMatrices() {
    checkGemm(new Product(17, 2100, 3100), false, false, 0.5f, -1, true, true);
  }

  private void checkGemm(
      Product product,
      boolean transposeA,
      boolean transposeB,
      float alpha,
      float beta,
      boolean biased,
      boolean relu) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    RandomValues random = new RandomValues(m + 31L * n + 1021L * k);
    Shape shapeA = transposeA ? Shape.of(k, m) : Shape.of(m, k);
    Shape shapeB = transposeB ? Shape.of(n, k) : Shape.of(k, n);
    Shape shapeOut = Shape.of(m, n);
    Twin a = bench().input(shapeA, random.normal(shapeA));
    Twin b = bench().input(shapeB, random.normal(shapeB));
    Optional<Twin> bias =
        biased
            ? Optional.of(bench().input(Shape.of(n), random.normal(Shape.of(n))))
            : Optional.empty();
    // With beta 0 the output holds NaN, which must not get through.
    Twin out =
        beta == 0 ? bench().output(shapeOut) : bench().state(shapeOut, random.normal(shapeOut));
    bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(a),
                        transposeA,
                        s.of(b),
                        transposeB,
                        s.of(alpha),
                        s.of(beta),
                        s.epilogue(bias, relu),
                        s.of(out)));
    bench().assertSum(out, k + 2L);
  }

  @Test
  default void gemmReadsTensorsOfHigherRankAsTheirRows() {
    RandomValues random = new RandomValues(1);
    Shape filters = Shape.of(5, 2, 3, 3);
    Shape patches = Shape.of(7, 18);
    Twin a = bench().input(patches, random.normal(patches));
    Twin b = bench().input(filters, random.normal(filters));
    Twin out = bench().output(Shape.of(7, 5, 1, 1));
    checkPlain(a, b, out, 18);
  }

  @Test
  default void gemmAccumulatesLongSumsWell() {
    int k = 20_000;
    Shape row = Shape.of(3, k);
    Shape other = Shape.of(5, k);
    float[] alike = new float[3 * k];
    Arrays.fill(alike, 0.1f);
    float[] ones = new float[5 * k];
    Arrays.fill(ones, 1);
    Twin out = bench().output(Shape.of(3, 5));
    checkPlain(bench().input(row, alike), bench().input(other, ones), out, k);
  }

  /** A vector of one element is no number that stands for itself. */
  @Test
  default void gemmKeepsNaNOfABiasOfOneElement() {
    Twin a = bench().input(Shape.of(3, 2), new RandomValues(7).uniform(Shape.of(3, 2), 1, 2));
    Twin b = bench().input(Shape.of(2, 1), 1, 2);
    Twin bias = bench().input(Shape.of(1), Float.NaN);
    Twin out = bench().output(Shape.of(3, 1));
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(a),
                        false,
                        s.of(b),
                        false,
                        1,
                        0,
                        s.epilogue(Optional.of(bias), false),
                        s.of(out)));
    bench().assertExact(out);
  }

  @Test
  default void gemmKeepsNaNWhereItBelongs() {
    Shape square = Shape.of(9, 9);
    float[] x = new RandomValues(2).uniform(square, 1, 2);
    x[4 * 9 + 3] = Float.NaN;
    x[6 * 9 + 1] = Float.POSITIVE_INFINITY;
    Twin a = bench().input(square, x);
    Twin b = bench().input(square, new RandomValues(3).uniform(square, 1, 2));
    Twin bias = bench().input(Shape.of(9), new RandomValues(4).uniform(Shape.of(9), 1, 2));
    Twin out = bench().output(square);
    bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(a),
                        false,
                        s.of(b),
                        true,
                        1,
                        0,
                        s.epilogue(Optional.of(bias), true),
                        s.of(out)));
    bench().assertSum(out, 9);
    assertThat(bench().download(out)[4 * 9]).as("a sum with NaN in it, rectified").isNaN();
    assertThat(bench().download(out)[6 * 9]).as("a sum with infinity in it").isInfinite();
  }

  private void checkPlain(Twin a, Twin b, Twin out, int k) {
    bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(a),
                        false,
                        s.of(b),
                        true,
                        1,
                        0,
                        s.epilogue(Optional.empty(), false),
                        s.of(out)));
    bench().assertSum(out, k);
  }
}
