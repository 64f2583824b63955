package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** Random cases of products, reductions and losses. */
final class DenseCases {
  private static final List<Float> ALPHAS = List.of(1f, 1f, 1f, -1f, 0.5f, 0f, -2.3f, 1e-3f);
  private static final List<Float> BETAS = List.of(0f, 0f, 0f, 1f, -0.5f, 1.7f);

  private DenseCases() {}

  static List<Operation> all() {
    return List.of(
        new Operation("gemm", 4, DenseCases::gemm),
        Operation.of("normalProduct", DenseCases::normalProduct),
        Operation.of("reduceRows", DenseCases::reduceRows),
        Operation.of("reduceColumns", DenseCases::reduceColumns),
        Operation.of("sum", DenseCases::sum),
        Operation.of("dot", DenseCases::dot),
        Operation.of("squaredError", DenseCases::squaredError),
        Operation.of("softmaxCrossEntropy", DenseCases::softmaxCrossEntropy));
  }

  private static void gemm(Trial t) {
    int[] size = t.choices().extents(t.choices().budget(Shapes.PRODUCTS), "m", "n", "k");
    boolean transposeA = t.choices().flag("transposeA");
    boolean transposeB = t.choices().flag("transposeB");
    float alpha = t.choices().pick("alpha", ALPHAS);
    float beta = t.choices().pick("beta", BETAS);
    boolean relu = t.choices().flag("relu");
    int k = size[2];
    Twin a = t.input("a", transposeA ? Shape.of(k, size[0]) : Shape.of(size[0], k));
    Twin b = t.input("b", transposeB ? Shape.of(size[1], k) : Shape.of(k, size[1]));
    Optional<Twin> bias = bias(t, size[1]);
    Twin out = t.target("out", Shape.of(size[0], size[1]), beta != 0);
    t.bench()
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
    assertProduct(t, alpha, out, k + 2L);
  }

  /** The product may leave the range of float32 before alpha scales it, or not be computed. */
  private static void assertProduct(Trial t, float alpha, Twin out, long terms) {
    float[] actual = t.bench().download(out);
    float[] expected = t.bench().expected(out);
    float[] magnitudes = t.bench().magnitudes(out);
    float scale = Math.min(1, Math.abs(alpha));
    t.assertNear(
        out,
        i -> {
          boolean notComputed = alpha == 0 && (Float.isNaN(actual[i]) || Float.isNaN(expected[i]));
          boolean overflows = Double.isNaN(t.ofSum(terms, magnitudes[i] / scale));
          return notComputed || overflows ? Double.NaN : t.ofSum(terms, magnitudes[i]);
        });
  }

  static Optional<Twin> bias(Trial t, int size) {
    return t.choices().flag("biased")
        ? Optional.of(t.input("bias", Shape.of(size)))
        : Optional.empty();
  }

  private static void normalProduct(Trial t) {
    int[] size =
        t.choices().extents(t.choices().budget(Shapes.PRODUCTS), "samples", "vectors", "columns");
    Shape scores = Shape.of(size[0], size[1]);
    Shape vectors = Shape.of(size[1], size[2]);
    Twin x = t.input("x", Shape.of(size[0], size[2]));
    Twin v = t.input("v", vectors);
    Twin bias = t.input("bias", Shape.of(size[1]));
    float[] factors = t.values("weights", scores, Data.ALL);
    Twin weights = t.bench().input(scores, factors);
    Twin products = t.bench().output(scores);
    Twin out = t.bench().output(vectors);
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .normalProduct(
                        s.of(x), s.of(v), s.of(bias), s.of(weights), s.of(products), s.of(out)));
    boolean skipped = false;
    boolean unbounded = false;
    for (float factor : factors) {
      skipped |= factor == 0;
      unbounded |= !Float.isFinite(factor);
    }
    long first = size[2] + 2L;
    // A score is a float32 number before it is weighted, and may lose what lies below the normal
    // ones.
    double lost = Tolerance.TINY * largest(factors);
    double passedOn = lost * size[0] * largest(t.bench().expected(x));
    assertWeighted(t, products, skipped, unbounded, sum -> t.ofSum(first, sum) + lost);
    assertWeighted(
        t, out, skipped, unbounded, sum -> t.ofSum(first, sum) + t.ofSum(size[0], sum) + passedOn);
  }

  /** The largest finite magnitude. */
  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    return largest;
  }

  /**
   * What has the weight 0 need not be computed, so what is not finite may or may not get through.
   * An infinite weight makes an infinity of any sum but 0, which it makes NaN; what is 0 but for
   * rounding may become either.
   */
  private static void assertWeighted(
      Trial t, Twin result, boolean skipped, boolean unbounded, DoubleUnaryOperator tolerance) {
    float[] sums = t.bench().magnitudes(result);
    float[] actual = t.bench().download(result);
    float[] expected = t.bench().expected(result);
    t.assertNear(
        result,
        i -> {
          boolean left = skipped && !(sums[i] <= Float.MAX_VALUE);
          boolean either = unbounded && !Float.isFinite(actual[i]) && !Float.isFinite(expected[i]);
          return left || either ? Double.NaN : tolerance.applyAsDouble(sums[i]);
        });
  }

  private static void reduceRows(Trial t) {
    Reduction reduction = t.choices().pick("reduction", List.of(Reduction.values()));
    Shape shape = Shapes.tensor(t.choices());
    Twin x = t.input("x", shape);
    Twin out = t.bench().output(Shape.of(shape.rows()));
    t.bench().runSum(s -> s.backend().dense().reduceRows(reduction, s.of(x), s.of(out)));
    assertReduced(t, reduction, out, shape.rowSize());
  }

  private static void reduceColumns(Trial t) {
    Reduction reduction = t.choices().pick("reduction", List.of(Reduction.values()));
    Shape shape = Shapes.tensor(t.choices());
    Twin x = t.input("x", shape);
    Twin out = t.bench().output(Shape.of(shape.rowSize()));
    t.bench().runSum(s -> s.backend().dense().reduceColumns(reduction, s.of(x), s.of(out)));
    assertReduced(t, reduction, out, shape.rows());
  }

  private static void assertReduced(Trial t, Reduction reduction, Twin out, int terms) {
    if (reduction == Reduction.MAXIMUM) {
      t.assertExact(out);
    } else {
      t.assertSum(out, terms);
    }
  }

  private static void sum(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    Twin x = t.input("x", shape);
    assertNumber(t, shape.size(), 0, s -> s.backend().dense().sum(s.of(x)));
  }

  private static void dot(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    Twin x = t.input("x", shape);
    Twin y = t.choices().flag("same") ? x : t.input("y", shape);
    // A product may be rounded to float32 before it is added up.
    assertNumber(
        t, shape.size(), Tolerance.ROUNDING, s -> s.backend().dense().dot(s.of(x), s.of(y)));
  }

  private static void assertNumber(
      Trial t, long terms, double rounding, Function<Side, Double> number) {
    Map<Side.Kind, Double> numbers = new EnumMap<>(Side.Kind.class);
    t.bench().runSum(s -> numbers.put(s.kind(), number.apply(s)));
    double magnitude = numbers.get(Side.Kind.MAGNITUDE);
    double tolerance =
        Double.isNaN(t.ofSum(terms, rounding == 0 ? 0 : magnitude))
            ? Double.NaN
            : Double.isInfinite(magnitude)
                ? 0
                : ((terms + 8) * 0x1p-53 + rounding) * magnitude
                    + Tolerance.TINY * rounding * terms;
    double tested = numbers.get(Side.Kind.TESTED);
    Trial.assertNear("the number", tested, numbers.get(Side.Kind.REFERENCE), tolerance);
    Trial.assertNear("the number, again", numbers.get(Side.Kind.REPEATED), tested, 0);
  }

  private static void squaredError(Trial t) {
    Shape shape = Shapes.tensor(t.choices());
    int inPlace = t.choices().pick("inPlace", List.of(0, 0, 1, 2));
    Twin prediction = t.target("prediction", shape, true);
    Twin target = t.target("target", shape, true);
    Twin error =
        switch (inPlace) {
          case 1 -> prediction;
          case 2 -> target;
          default -> t.bench().output(shape);
        };
    Twin loss = t.bench().output(Shape.of(1));
    t.bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .squaredError(s.of(prediction), s.of(target), s.of(error), s.of(loss)));
    t.assertExact(error);
    t.assertWithin(loss, expected -> Tolerance.relative(4, expected));
  }

  private static void softmaxCrossEntropy(Trial t) {
    Shape shape = Shapes.matrix(t.choices());
    if (shape.rowSize() == 0 && shape.rows() > 0) {
      return; // samples without a class have no label
    }
    Noise noise = t.choices().noise("labels");
    float[] classes = new float[shape.rows()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = noise.below(Math.max(1, shape.rowSize()));
    }
    Twin logits = t.input("logits", shape);
    Twin labels = t.bench().input(Shape.of(shape.rows()), classes);
    Twin gradient = t.bench().output(shape);
    Twin loss = t.bench().output(Shape.of(1));
    t.bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .softmaxCrossEntropy(s.of(logits), s.of(labels), s.of(gradient), s.of(loss)));
    int n = shape.rowSize();
    // As the contract has it: probabilities are at most 1, and a loss is as exact as those.
    t.assertWithin(gradient, expected -> 0x1p-19 + Tolerance.ofSum(n, Math.abs(expected)));
    double samples = shape.rows();
    t.assertWithin(loss, expected -> 0x1p-19 * samples + Tolerance.ofSum(n, Math.abs(expected)));
  }
}
