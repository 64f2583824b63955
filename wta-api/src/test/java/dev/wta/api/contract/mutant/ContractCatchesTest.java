package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.GemmContract;
import dev.wta.api.contract.mutant.Mutant.Operation;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.op.Window;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract fails backends with the mistakes that backends tend to have. */
class ContractCatchesTest {
  private static final Product PRODUCT = new Product(7, 8, 13);
  private static final Shape MATRIX = Shape.of(13, 31);
  private static final Geometry GEOMETRY = Geometry.of(2, 2, 5, 6, 3, Window.same(3));
  private static final Codes.Source UPLOADED = Codes.ofUnits().getFirst();

  static Stream<Mistake> mistakes() {
    return Stream.of(
            ofSomeOfEach(),
            SelectionMistakes.all(),
            SparseMistakes.all(),
            DenseMistakes.all(),
            OtherMistakes.all())
        .flatMap(mistakes -> mistakes);
  }

  private static Stream<Mistake> ofSomeOfEach() {
    return Stream.of(
        Mistake.of(
            "gemm reads its output when beta is 0",
            "dense",
            "gemm",
            (_, gemm) -> gemm.proceedWith(5, gemm.number(5) == 0 ? 1e-30f : gemm.number(5)),
            contract -> contract.gemm(PRODUCT)),
        Mistake.of(
            "gemm keeps one running float32 sum",
            "dense",
            "gemm",
            ContractCatchesTest::runningSums,
            GemmContract::gemmAccumulatesLongSumsWell),
        Mistake.of(
            "axpy changes its input",
            "dense",
            "axpy",
            (right, axpy) -> {
              axpy.proceed();
              right.dense().affine(2, axpy.tensor(1), 0, axpy.tensor(1));
            },
            contract -> contract.axpy(MATRIX)),
        Mistake.of(
            "a rectified NaN becomes 0",
            "dense",
            "map",
            (right, map) -> {
              Tensor x = map.tensor(1);
              right.dense().zip(Binary.RELU_GRADIENT, x, x, map.tensor(2));
            },
            contract -> contract.map(Unary.RELU)),
        Mistake.of(
            "selection forgets to count NaN",
            "selection",
            "select",
            (right, select) -> {
              Tensor activations = select.tensor(0);
              float[] values = right.memory().download(activations);
              for (int i = 0; i < values.length; i++) {
                values[i] = Float.isNaN(values[i]) ? 0 : values[i];
              }
              try (Tensor clean = right.memory().of(activations.shape(), values)) {
                select.proceedWith(0, clean);
              }
            },
            contract -> contract.nanNeverWins(MATRIX)),
        Mistake.of(
            "lifetime sparsity leaves one winner too few",
            "selection",
            "select",
            (_, select) ->
                select.proceedWith(
                    1,
                    select.arguments().get(1) instanceof SelectionRule.Lifetime(int k) && k > 1
                        ? new SelectionRule.Lifetime(k - 1)
                        : select.arguments().get(1)),
            contract -> contract.selectsTheLargest(MATRIX)),
        Mistake.of(
            "decoding forgets the bias",
            "sparse",
            "decode",
            (_, decode) -> decode.proceedWith(4, Optional.empty()),
            contract -> contract.decode(UPLOADED, new Product(13, 31, 7))),
        Mistake.of(
            "a convolution turns its filter round",
            "convolution",
            "forward",
            (right, forward) -> {
              Tensor filters = forward.tensor(1);
              float[] values = right.memory().download(filters);
              for (int i = 0; i < values.length / 2; i++) {
                float value = values[i];
                values[i] = values[values.length - 1 - i];
                values[values.length - 1 - i] = value;
              }
              try (Tensor turned = right.memory().of(filters.shape(), values)) {
                forward.proceedWith(1, turned);
              }
            },
            contract -> contract.forward(GEOMETRY)),
        Mistake.of(
            "encoding maps forgets the bias",
            "selection",
            "encodeWinners",
            (right, encode) -> {
              Tensor bias = encode.tensor(3);
              try (Tensor none = right.memory().of(bias.shape(), new float[(int) bias.size()])) {
                encode.proceedWith(3, none);
              }
            },
            contract -> contract.encodesMapsExactly(GEOMETRY)),
        Mistake.of(
            "SGD forgets the decay",
            "update",
            "sgd",
            (_, sgd) -> {
              SgdStep step = (SgdStep) sgd.arguments().get(3);
              sgd.proceedWith(3, new SgdStep(step.rate(), step.momentum(), 0, step.tangent()));
            },
            contract -> contract.sgd(MATRIX)),
        Mistake.of(
            "Adam counts from 0",
            "update",
            "adam",
            (_, adam) -> {
              AdamStep s = (AdamStep) adam.arguments().get(4);
              AdamStep late =
                  new AdamStep(
                      s.rate(),
                      s.beta1(),
                      s.beta2(),
                      s.epsilon(),
                      s.decay(),
                      s.tangent(),
                      s.t() + 1);
              adam.proceedWith(4, late);
            },
            contract -> contract.adam(MATRIX)),
        Mistake.of(
            "random numbers are of another stream",
            "randomness",
            "uniform",
            (_, uniform) -> {
              Philox stream = (Philox) uniform.arguments().getFirst();
              uniform.proceedWith(0, new Philox(stream.seed(), stream.stream() + 1));
            },
            contract -> contract.uniformIsPhilox(Shape.of(8))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeFailsItsCheck(Mistake mistake) {
    mistake.assertNoticed();
  }

  /** {@code out = a * b'}, for the check that calls it so, each element summed up in one float. */
  private static void runningSums(Backend right, Operation gemm) {
    Tensor out = gemm.tensor(7);
    float[] a = right.memory().download(gemm.tensor(0));
    float[] b = right.memory().download(gemm.tensor(2));
    int k = gemm.tensor(0).shape().rowSize();
    int n = out.shape().rowSize();
    float[] sums = new float[(int) out.size()];
    for (int i = 0; i < sums.length; i++) {
      for (int p = 0; p < k; p++) {
        sums[i] += a[i / n * k + p] * b[i % n * k + p];
      }
    }
    right.memory().upload(sums, 0, out);
  }
}
