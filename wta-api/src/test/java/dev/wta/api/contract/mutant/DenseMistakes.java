package dev.wta.api.contract.mutant;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.BackendContract;
import dev.wta.api.contract.mutant.Mutant.Operation;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Mistakes in {@link dev.wta.api.op.Dense}: what is neither a plain product nor a function. */
final class DenseMistakes {
  private static final Shape MATRIX = Shape.of(13, 31);

  private DenseMistakes() {}

  static Stream<Mistake> all() {
    return Stream.concat(elementwise(), reductions());
  }

  private static Mistake dense(
      String words, String operation, Mutant.Body body, Consumer<BackendContract> check) {
    return Mistake.of(words, "dense", operation, body, check);
  }

  private static Stream<Mistake> elementwise() {
    return Stream.of(
        dense(
            "a normal product forgets its weights",
            "normalProduct",
            (right, product) -> {
              Tensor weights = product.tensor(3);
              try (Tensor ones = right.memory().allocate(weights.shape())) {
                right.memory().fill(ones, 1);
                product.proceedWith(3, ones);
              }
            },
            contract -> contract.normalProduct(new Product(31, 7, 13))),
        dense(
            "a matrix is copied, not transposed",
            "transpose",
            (right, transpose) -> right.memory().copy(transpose.tensor(0), transpose.tensor(1)),
            contract -> contract.transpose(MATRIX)),
        dense(
            "a difference has the wrong sign",
            "zip",
            DenseMistakes::wrongSign,
            contract -> contract.zip(Binary.SUBTRACT)),
        dense(
            "the difference from a row has the wrong sign",
            "zipRow",
            DenseMistakes::wrongSign,
            contract -> contract.zipRow(Binary.SUBTRACT)),
        dense(
            "the difference from a column has the wrong sign",
            "zipColumn",
            DenseMistakes::wrongSign,
            contract -> contract.zipColumn(Binary.SUBTRACT)),
        dense(
            "an affine function forgets its shift",
            "affine",
            (_, affine) -> affine.proceedWith(2, 0f),
            contract -> contract.affine(MATRIX)),
        dense(
            "clipping has no upper bound",
            "clip",
            (_, clip) -> clip.proceedWith(2, Float.POSITIVE_INFINITY),
            contract -> contract.clip(MATRIX)),
        dense(
            "a squared error is counted twice",
            "squaredError",
            (right, error) -> doubled(right, error, 3),
            contract -> contract.squaredError(MATRIX)),
        dense(
            "a cross-entropy is counted twice",
            "softmaxCrossEntropy",
            (right, entropy) -> doubled(right, entropy, 3),
            contract -> contract.softmaxCrossEntropy(MATRIX)));
  }

  private static Stream<Mistake> reductions() {
    return Stream.of(
        dense(
            "the maximum of a row is at least 0",
            "reduceRows",
            (right, reduce) -> {
              reduce.proceed();
              right.dense().clip(reduce.tensor(2), 0, Float.POSITIVE_INFINITY, reduce.tensor(2));
            },
            contract -> contract.reduceRows(Reduction.MAXIMUM)),
        dense(
            "a column is summed up in one float",
            "reduceColumns",
            DenseMistakes::runningSums,
            contract -> contract.longReductionsAreAccurate(Reduction.SUM)),
        dense(
            "a sum is rounded to a float",
            "sum",
            DenseMistakes::rounded,
            BackendContract::sumAndDotAccumulateInDoublePrecision),
        dense(
            "a dot product is summed up in one float",
            "dot",
            (right, dot) -> {
              float[] x = right.memory().download(dot.tensor(0));
              float[] y = right.memory().download(dot.tensor(1));
              float sum = 0;
              for (int i = 0; i < x.length; i++) {
                sum += x[i] * y[i];
              }
              dot.answer((double) sum);
            },
            BackendContract::sumAndDotAccumulateInDoublePrecision),
        Mistake.ofSevenThreads(
            "a product's last bit depends on the number of threads",
            "dense",
            "gemm",
            (right, gemm) -> {
              gemm.proceed();
              Tensor out = gemm.tensor(7);
              float[] values = right.memory().download(out);
              values[0] = Math.nextUp(values[0]);
              right.memory().upload(values, 0, out);
            },
            Mistake.named("gemm", BackendContract::resultsDoNotDependOnTheThreads)));
  }

  private static void wrongSign(Backend right, Operation zip) {
    zip.proceed();
    right.dense().affine(-1, zip.tensor(3), 0, zip.tensor(3));
  }

  private static void doubled(Backend right, Operation loss, int index) {
    loss.proceed();
    right.dense().affine(2, loss.tensor(index), 0, loss.tensor(index));
  }

  private static void rounded(Backend right, Operation reduce) {
    reduce.proceed();
    reduce.answer((double) ((Double) reduce.answered()).floatValue());
  }

  private static void runningSums(Backend right, Operation reduce) {
    float[] x = right.memory().download(reduce.tensor(1));
    int width = reduce.tensor(1).shape().rowSize();
    float[] sums = new float[width];
    for (int i = 0; i < x.length; i++) {
      sums[i % width] += x[i];
    }
    right.memory().upload(sums, 0, reduce.tensor(2));
  }
}
