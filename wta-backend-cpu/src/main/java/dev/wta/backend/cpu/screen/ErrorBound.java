package dev.wta.backend.cpu.screen;

/**
 * Bounds the distance of an activation of the float32 product from that of a product in bfloat16.
 *
 * <p>For a sample {@code x} and a unit of weights {@code w} and bias {@code b}, {@code K} terms,
 * let {@code v} be the activation that the float32 kernels compute, {@code x^} and {@code w^} the
 * roundings to bfloat16, and {@code a} what an accelerator computes of {@code x^ . w^}. Write
 * {@code u = 2^-24}, {@code |.|} for Euclidean norms, {@code X = |x|}, {@code dx = |x - x^|},
 * {@code X^ = X + dx >= |x^|}, the same for {@code w}, and {@code M = X^ W^ + |b|}. Then {@code |v
 * - (a + b)|} is at most
 *
 * <pre>E = dx W + X^ dw + g (X^ W^ + |b|) + t,   g = 1.01 (2K + 34) u,   t = (2K + 2) 2^-125</pre>
 *
 * <p>Proof. By the triangle inequality through the real numbers {@code x . w + b} and {@code x^ .
 * w^ + b}:
 *
 * <ol>
 *   <li>{@code |x . w - x^ . w^| = |(x - x^) . w + x^ . (w - w^)| <= dx W + X^ dw}, by
 *       Cauchy-Schwarz.
 *   <li>{@code v} is a sum of the {@code K} products and the bias by additions in some order, each
 *       product rounded or fused. A term passes at most {@code K} additions and one rounding of its
 *       own, so the sum is exact for terms changed by factors within {@code (1 + u)^(+-(K + 1))}
 *       (Higham 2002, section 4.2), and errs by at most {@code G(K + 1) (sum |x_i w_i| + |b|) <=
 *       G(K + 1) M} with {@code G(n) = nu / (1 - nu) <= 1.01 nu} where {@code nu <= 0.0099}; that
 *       is why {@link #MOST_TERMS} is what it is. The order does not matter.
 *   <li>Likewise {@code |a - x^ . w^| <= G(K) X^ W^}: a product of two bfloat16 has 16 significant
 *       bits and is exact in float32. Zeros that pad the terms add no rounding.
 *   <li>What is compared is computed in float32 as well: {@code a + b} plus or minus {@code E}, at
 *       most four roundings of numbers that are at most {@code 5M}, which makes less than {@code 32
 *       u M}.
 *   <li>Underflow. A float32 operation whose result is subnormal errs by at most {@code 2^-150}
 *       more, or {@code 2^-126} where an accelerator flushes it to 0. That is {@code 2K} of the
 *       latter and as many of the former, changed by later factors of less than 1.01: at most
 *       {@code t}. A subnormal element of {@code x^} that is taken as 0 changes it by less than
 *       {@code 2^-126}, so {@code sqrt(K) 2^-126} is part of {@code dx} (and of {@code dw}), and
 *       the first item holds for what was multiplied.
 *   <li>Overflow. All of this asks that nothing overflows. No partial sum exceeds {@code 1.01 M},
 *       and whoever screens requires {@link #LIMIT} of {@code X^ W^} and of {@code |b|}, which also
 *       excludes infinities and NaN among the numbers and their roundings: a norm that has one is
 *       not below the limit. So no {@code v} is NaN either.
 * </ol>
 *
 * <p>The squares are summed in float32, of which rounding and underflow are made up for: a computed
 * sum {@code s} of {@code K} squares is at least {@code (1 - Ku / (1 - Ku))} of the true one less
 * {@code K 2^-149}, hence {@code |x|^2 <= (s + K 2^-149) (1 + 2Ku)}.
 */
final class ErrorBound {
  /** The most terms for which the bound is proven. */
  static final int MOST_TERMS = 1 << 17;

  /** What {@code X^ W^} and {@code |b|} must stay below. */
  static final double LIMIT = 0x1p100;

  /**
   * What a bias is at least where it is positive: far above {@code t}. A sample of zeros, whose
   * code is the biases, then has no winner below it, while the bound alone would let every unit
   * win.
   */
  static final float LEAST_BIAS = 0x1p-100f;

  private final int terms;
  private final double g;
  private final double t;

  /**
   * @param terms of a product, at most {@link #MOST_TERMS}
   */
  ErrorBound(int terms) {
    this.terms = terms;
    this.g = 1.01 * (2.0 * terms + 34) * 0x1p-24;
    this.t = (2.0 * terms + 2) * 0x1p-125;
  }

  /** At least the norm of a row whose squares add up to {@code squares} in float32. */
  private double norm(float squares) {
    return Math.sqrt((squares + terms * 0x1p-149) * (1 + 2.0 * terms * 0x1p-24)) * (1 + 0x1p-50);
  }

  /** At least {@code dx}, see {@link Bf16Rows#round}. */
  float error(float[] squares) {
    return up(norm(squares[1]) + Math.sqrt(terms) * 0x1p-126);
  }

  /** At least {@code X}. */
  float norm(float[] squares) {
    return up(norm(squares[0]));
  }

  /** At least {@code X^}. */
  float roundedNorm(float[] squares) {
    return up((double) norm(squares) + error(squares));
  }

  /** At least {@code dw + g W^}: what {@code X^} is multiplied with. */
  float perRoundedNorm(float[] squares) {
    return up(error(squares) + g * roundedNorm(squares));
  }

  /** At least {@code b + g |b| + t}. */
  float highest(float bias) {
    return up(bias + g * Math.abs(bias) + t);
  }

  /** At most {@code b - g |b| - t}. */
  float lowest(float bias) {
    return Math.nextDown((float) (bias - g * Math.abs(bias) - t));
  }

  private static float up(double value) {
    return Math.nextUp((float) value);
  }
}
