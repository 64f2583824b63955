package dev.wta.api.backend;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Optional;

/**
 * The argument checks of every operation, the same on every backend: a backend calls the method of
 * the operation's name first. They ask for open tensors ({@link IllegalStateException}) and shapes
 * that go together ({@link IllegalArgumentException}, naming the operation, the operand and both
 * shapes). Whether a tensor is the backend's own at all, only the backend can tell.
 *
 * <p>Element-wise operands agree when they are the same matrix: as many rows of as many elements.
 * Vectors (biases, labels, coefficients) need only the right number of elements.
 */
public final class Operands {
  private Operands() {}

  // Memory

  public static void upload(float[] source, int offset, Tensor target) {
    Operand.open("upload", "target", target);
    hostRange("upload", source, offset, target);
  }

  public static void download(Tensor source, float[] target, int offset) {
    Operand.open("download", "source", source);
    hostRange("download", target, offset, source);
  }

  public static void copy(Tensor source, Tensor target) {
    Operand from = Operand.open("copy", "source", source);
    Operand.open("copy", "target", target).size(source.size(), from);
  }

  public static void fill(Tensor target) {
    Operand.open("fill", "target", target);
  }

  // Views, which every backend's tensor makes

  public static void rows(Tensor tensor, int from, int count) {
    Operand.open("rows", "the tensor", tensor);
    int rows = tensor.shape().rows();
    if (from < 0 || count < 0 || from > rows - count) {
      throw new IndexOutOfBoundsException(
          "rows: %s has no %d rows from row %d".formatted(tensor.shape(), count, from));
    }
  }

  public static void reshape(Tensor tensor, Shape shape) {
    Operand.open("reshape", "the tensor", tensor);
    if (tensor.size() != shape.size()) {
      throw new IllegalArgumentException(
          "reshape: %s has %d elements, %s has %d"
              .formatted(tensor.shape(), tensor.size(), shape, shape.size()));
    }
  }

  // Dense

  public static void gemm(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Epilogue epilogue, Tensor out) {
    Operand left = Operand.open("gemm", transposeA ? "transposed a" : "a", a);
    Operand right = Operand.open("gemm", transposeB ? "transposed b" : "b", b);
    Operand result = Operand.open("gemm", "out", out);
    int m = transposeA ? a.shape().rowSize() : a.shape().rows();
    int k = transposeA ? a.shape().rows() : a.shape().rowSize();
    int n = transposeB ? b.shape().rows() : b.shape().rowSize();
    if (transposeB) {
      right.rowSize(k, left);
    } else {
      right.rows(k, left);
    }
    result.rows(m, left).rowSize(n, right).apartFrom(left, right);
    bias("gemm", epilogue.bias(), n, right);
  }

  public static void transpose(Tensor x, Tensor out) {
    Operand from = Operand.open("transpose", "x", x);
    Operand.open("transpose", "out", out)
        .rows(x.shape().rowSize(), from)
        .rowSize(x.shape().rows(), from)
        .apartFrom(from);
  }

  /**
   * For {@link Dense#map}, {@link Dense#affine} and {@link Dense#clip}: an input and an output of
   * one shape.
   */
  public static void map(String operation, Tensor x, Tensor out) {
    Operand.open(operation, "out", out).like(Operand.open(operation, "x", x));
  }

  public static void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    Operand samples = Operand.open("normalProduct", "x", x);
    Operand vectors = Operand.open("normalProduct", "v", v).rowSize(x.shape().rowSize(), samples);
    int count = v.shape().rows();
    Operand offsets = Operand.open("normalProduct", "bias", bias).size(count, vectors);
    Operand factors =
        Operand.open("normalProduct", "weights", weights)
            .rows(x.shape().rows(), samples)
            .rowSize(count, vectors);
    Operand products =
        Operand.open("normalProduct", "scores", scores)
            .like(factors)
            .apartFrom(samples, vectors, offsets, factors);
    Operand.open("normalProduct", "out", out)
        .like(vectors)
        .apartFrom(samples, vectors, offsets, factors, products);
  }

  public static void zip(Tensor x, Tensor y, Tensor out) {
    Operand first = Operand.open("zip", "x", x);
    Operand.open("zip", "y", y).like(first);
    Operand.open("zip", "out", out).like(first);
  }

  public static void zipRow(Tensor x, Tensor row, Tensor out) {
    Operand first = Operand.open("zipRow", "x", x);
    Operand.open("zipRow", "row", row).size(x.shape().rowSize(), first);
    Operand.open("zipRow", "out", out).like(first);
  }

  public static void zipColumn(Tensor x, Tensor column, Tensor out) {
    Operand first = Operand.open("zipColumn", "x", x);
    Operand.open("zipColumn", "column", column).size(x.shape().rows(), first);
    Operand.open("zipColumn", "out", out).like(first);
  }

  public static void axpy(Tensor x, Tensor y) {
    Operand.open("axpy", "y", y).like(Operand.open("axpy", "x", x));
  }

  public static void reduceRows(Tensor x, Tensor out) {
    Operand from = Operand.open("reduceRows", "x", x);
    Operand.open("reduceRows", "out", out).size(x.shape().rows(), from).apartFrom(from);
  }

  public static void reduceColumns(Tensor x, Tensor out) {
    Operand from = Operand.open("reduceColumns", "x", x);
    Operand.open("reduceColumns", "out", out).size(x.shape().rowSize(), from).apartFrom(from);
  }

  public static void sum(Tensor x) {
    Operand.open("sum", "x", x);
  }

  public static void dot(Tensor x, Tensor y) {
    Operand.open("dot", "y", y).like(Operand.open("dot", "x", x));
  }

  public static void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    Operand first = Operand.open("squaredError", "prediction", prediction);
    Operand.open("squaredError", "target", target).like(first);
    Operand.open("squaredError", "error", error).like(first);
    Operand.open("squaredError", "loss", loss).size(1, first);
  }

  public static void softmaxCrossEntropy(
      Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    Operand first = Operand.open("softmaxCrossEntropy", "logits", logits);
    Operand.open("softmaxCrossEntropy", "labels", labels).size(logits.shape().rows(), first);
    Operand.open("softmaxCrossEntropy", "gradient", gradient).like(first);
    Operand.open("softmaxCrossEntropy", "loss", loss).size(1, first);
  }

  // Convolution

  /** For {@link Convolution#forward}: reads images, writes maps. */
  public static void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    Operand kernel = convolution("forward", images, filters, window, maps);
    bias("forward", epilogue.bias(), filters.shape().extent(0), kernel);
  }

  /** For {@link Convolution#transposed}: reads maps, writes images. */
  public static void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    Operand kernel = convolution("transposed", images, filters, window, maps);
    bias("transposed", epilogue.bias(), filters.shape().extent(1), kernel);
  }

  public static void filterGradient(
      Tensor images, Tensor maps, Window window, Tensor filterGradient) {
    convolution("filterGradient", images, filterGradient, window, maps);
  }

  public static void channelSums(Tensor images, Tensor out) {
    Operand from = Operand.open("channelSums", "images", images).rank(4);
    Operand.open("channelSums", "out", out).size(images.shape().extent(1), from).apartFrom(from);
  }

  public static void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    Operand from = Operand.open("maxPool", "images", images).rank(4);
    Operand pooled = Operand.open("maxPool", "out", out).rank(4);
    pooled
        .rows(images.shape().rows(), from)
        .extent(1, images.shape().extent(1), "channels", from)
        .extent(2, pool.outputExtent(images.shape().extent(2)), "windows vertically", from)
        .extent(3, pool.outputExtent(images.shape().extent(3)), "windows horizontally", from)
        .apartFrom(from);
    Operand.open("maxPool", "argmax", argmax).like(pooled).apartFrom(from, pooled);
  }

  public static void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    Operand from = Operand.open("maxPoolGradient", "outGradient", outGradient).rank(4);
    Operand where = Operand.open("maxPoolGradient", "argmax", argmax).like(from);
    Operand.open("maxPoolGradient", "imageGradient", imageGradient)
        .rank(4)
        .rows(outGradient.shape().rows(), from)
        .extent(1, outGradient.shape().extent(1), "channels", from)
        .apartFrom(from, where);
  }

  // Update

  public static void sgd(Tensor parameter, Tensor velocity, Gradient gradient) {
    Operand target = Operand.open("sgd", "parameter", parameter);
    Operand.open("sgd", "velocity", velocity).like(target).apartFrom(target);
    SparseOperands.gradient("sgd", gradient, target);
  }

  public static void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient) {
    Operand target = Operand.open("adam", "parameter", parameter);
    Operand first = Operand.open("adam", "m", m).like(target).apartFrom(target);
    Operand.open("adam", "v", v).like(target).apartFrom(target, first);
    SparseOperands.gradient("adam", gradient, target);
  }

  public static void normaliseRows(Tensor parameter, float bound) {
    Operand.open("normaliseRows", "parameter", parameter);
    if (!(bound > 0)) {
      throw new IllegalArgumentException("normaliseRows: a norm's bound is positive, not " + bound);
    }
  }

  // Randomness

  /** For {@link Randomness#uniform} and {@link Randomness#normal}. */
  public static void random(String operation, Tensor out) {
    Operand.open(operation, "out", out);
  }

  public static void bernoulli(Tensor probabilities, Tensor out) {
    Operand.open("bernoulli", "out", out)
        .like(Operand.open("bernoulli", "probabilities", probabilities));
  }

  // What several of them ask

  private static void hostRange(String operation, float[] host, int offset, Tensor tensor) {
    if (offset < 0 || tensor.size() > host.length - (long) offset) {
      throw new IllegalArgumentException(
          "%s: an array of %d numbers has no %d (%s) from offset %d"
              .formatted(operation, host.length, tensor.size(), tensor.shape(), offset));
    }
  }

  static void bias(String operation, Optional<Tensor> bias, int size, Operand weights) {
    if (bias.isPresent()) {
      Operand.open(operation, "bias", bias.get()).size(size, weights);
    }
  }

  private static Operand convolution(
      String operation, Tensor images, Tensor filters, Window window, Tensor maps) {
    Operand pixels = Operand.open(operation, "images", images).rank(4);
    Operand kernel = Operand.open(operation, "filters", filters).rank(4);
    Operand.open(operation, "maps", maps)
        .rank(4)
        .rows(images.shape().rows(), pixels)
        .extent(1, filters.shape().extent(0), "maps", kernel)
        .extent(2, window.mapHeight(images.shape().extent(2)), "positions vertically", pixels)
        .extent(3, window.mapWidth(images.shape().extent(3)), "positions horizontally", pixels)
        .apartFrom(pixels, kernel);
    pixels.apartFrom(kernel);
    return kernel.window(window).extent(1, images.shape().extent(1), "channels", pixels);
  }
}
