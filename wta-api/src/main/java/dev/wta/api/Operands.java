package dev.wta.api;

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
    Check.open("upload", "target", target);
    hostRange("upload", source, offset, target);
  }

  public static void download(Tensor source, float[] target, int offset) {
    Check.open("download", "source", source);
    hostRange("download", target, offset, source);
  }

  public static void copy(Tensor source, Tensor target) {
    Check from = Check.open("copy", "source", source);
    Check.open("copy", "target", target).size(source.size(), from);
  }

  public static void fill(Tensor target) {
    Check.open("fill", "target", target);
  }

  // Views, which every backend's tensor makes

  public static void rows(Tensor tensor, int from, int count) {
    Check.open("rows", "the tensor", tensor);
    int rows = tensor.shape().rows();
    if (from < 0 || count < 0 || from > rows - count) {
      throw new IndexOutOfBoundsException(
          "rows: %s has no %d rows from row %d".formatted(tensor.shape(), count, from));
    }
  }

  public static void reshape(Tensor tensor, Shape shape) {
    Check.open("reshape", "the tensor", tensor);
    if (tensor.size() != shape.size()) {
      throw new IllegalArgumentException(
          "reshape: %s has %d elements, %s has %d"
              .formatted(tensor.shape(), tensor.size(), shape, shape.size()));
    }
  }

  // Dense

  public static void gemm(
      Tensor a, boolean transposeA, Tensor b, boolean transposeB, Epilogue epilogue, Tensor out) {
    Check left = Check.open("gemm", transposeA ? "transposed a" : "a", a);
    Check right = Check.open("gemm", transposeB ? "transposed b" : "b", b);
    Check result = Check.open("gemm", "out", out);
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
    Check from = Check.open("transpose", "x", x);
    Check.open("transpose", "out", out)
        .rows(x.shape().rowSize(), from)
        .rowSize(x.shape().rows(), from)
        .apartFrom(from);
  }

  /**
   * For {@link Dense#map}, {@link Dense#affine} and {@link Dense#clip}: an input and an output of
   * one shape.
   */
  public static void map(String operation, Tensor x, Tensor out) {
    Check.open(operation, "out", out).like(Check.open(operation, "x", x));
  }

  public static void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    Check samples = Check.open("normalProduct", "x", x);
    Check vectors = Check.open("normalProduct", "v", v).rowSize(x.shape().rowSize(), samples);
    int count = v.shape().rows();
    Check offsets = Check.open("normalProduct", "bias", bias).size(count, vectors);
    Check factors =
        Check.open("normalProduct", "weights", weights)
            .rows(x.shape().rows(), samples)
            .rowSize(count, vectors);
    Check products =
        Check.open("normalProduct", "scores", scores)
            .like(factors)
            .apartFrom(samples, vectors, offsets, factors);
    Check.open("normalProduct", "out", out)
        .like(vectors)
        .apartFrom(samples, vectors, offsets, factors, products);
  }

  public static void zip(Tensor x, Tensor y, Tensor out) {
    Check first = Check.open("zip", "x", x);
    Check.open("zip", "y", y).like(first);
    Check.open("zip", "out", out).like(first);
  }

  public static void zipRow(Tensor x, Tensor row, Tensor out) {
    Check first = Check.open("zipRow", "x", x);
    Check.open("zipRow", "row", row).size(x.shape().rowSize(), first);
    Check.open("zipRow", "out", out).like(first);
  }

  public static void zipColumn(Tensor x, Tensor column, Tensor out) {
    Check first = Check.open("zipColumn", "x", x);
    Check.open("zipColumn", "column", column).size(x.shape().rows(), first);
    Check.open("zipColumn", "out", out).like(first);
  }

  public static void axpy(Tensor x, Tensor y) {
    Check.open("axpy", "y", y).like(Check.open("axpy", "x", x));
  }

  public static void reduceRows(Tensor x, Tensor out) {
    Check from = Check.open("reduceRows", "x", x);
    Check.open("reduceRows", "out", out).size(x.shape().rows(), from).apartFrom(from);
  }

  public static void reduceColumns(Tensor x, Tensor out) {
    Check from = Check.open("reduceColumns", "x", x);
    Check.open("reduceColumns", "out", out).size(x.shape().rowSize(), from).apartFrom(from);
  }

  public static void sum(Tensor x) {
    Check.open("sum", "x", x);
  }

  public static void dot(Tensor x, Tensor y) {
    Check.open("dot", "y", y).like(Check.open("dot", "x", x));
  }

  public static void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    Check first = Check.open("squaredError", "prediction", prediction);
    Check.open("squaredError", "target", target).like(first);
    Check.open("squaredError", "error", error).like(first);
    Check.open("squaredError", "loss", loss).size(1, first);
  }

  public static void softmaxCrossEntropy(
      Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    Check first = Check.open("softmaxCrossEntropy", "logits", logits);
    Check.open("softmaxCrossEntropy", "labels", labels).size(logits.shape().rows(), first);
    Check.open("softmaxCrossEntropy", "gradient", gradient).like(first);
    Check.open("softmaxCrossEntropy", "loss", loss).size(1, first);
  }

  // Convolution

  /** For {@link Convolution#forward}: reads images, writes maps. */
  public static void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    Check kernel = convolution("forward", images, filters, window, maps);
    bias("forward", epilogue.bias(), filters.shape().extent(0), kernel);
  }

  /** For {@link Convolution#transposed}: reads maps, writes images. */
  public static void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    Check kernel = convolution("transposed", images, filters, window, maps);
    bias("transposed", epilogue.bias(), filters.shape().extent(1), kernel);
  }

  public static void filterGradient(
      Tensor images, Tensor maps, Window window, Tensor filterGradient) {
    convolution("filterGradient", images, filterGradient, window, maps);
  }

  public static void channelSums(Tensor images, Tensor out) {
    Check from = Check.open("channelSums", "images", images).rank(4);
    Check.open("channelSums", "out", out).size(images.shape().extent(1), from).apartFrom(from);
  }

  public static void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    Check from = Check.open("maxPool", "images", images).rank(4);
    Check pooled = Check.open("maxPool", "out", out).rank(4);
    pooled
        .rows(images.shape().rows(), from)
        .extent(1, images.shape().extent(1), "channels", from)
        .extent(2, pool.outputExtent(images.shape().extent(2)), "windows vertically", from)
        .extent(3, pool.outputExtent(images.shape().extent(3)), "windows horizontally", from)
        .apartFrom(from);
    Check.open("maxPool", "argmax", argmax).like(pooled).apartFrom(from, pooled);
  }

  public static void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    Check from = Check.open("maxPoolGradient", "outGradient", outGradient).rank(4);
    Check where = Check.open("maxPoolGradient", "argmax", argmax).like(from);
    Check.open("maxPoolGradient", "imageGradient", imageGradient)
        .rank(4)
        .rows(outGradient.shape().rows(), from)
        .extent(1, outGradient.shape().extent(1), "channels", from)
        .apartFrom(from, where);
  }

  // Update

  public static void sgd(Tensor parameter, Tensor velocity, Gradient gradient) {
    Check target = Check.open("sgd", "parameter", parameter);
    Check.open("sgd", "velocity", velocity).like(target).apartFrom(target);
    SparseOperands.gradient("sgd", gradient, target);
  }

  public static void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient) {
    Check target = Check.open("adam", "parameter", parameter);
    Check first = Check.open("adam", "m", m).like(target).apartFrom(target);
    Check.open("adam", "v", v).like(target).apartFrom(target, first);
    SparseOperands.gradient("adam", gradient, target);
  }

  public static void normaliseRows(Tensor parameter, float bound) {
    Check.open("normaliseRows", "parameter", parameter);
    if (!(bound > 0)) {
      throw new IllegalArgumentException("normaliseRows: a norm's bound is positive, not " + bound);
    }
  }

  // Randomness

  /** For {@link Randomness#uniform} and {@link Randomness#normal}. */
  public static void random(String operation, Tensor out) {
    Check.open(operation, "out", out);
  }

  public static void bernoulli(Tensor probabilities, Tensor out) {
    Check.open("bernoulli", "out", out)
        .like(Check.open("bernoulli", "probabilities", probabilities));
  }

  // What several of them ask

  private static void hostRange(String operation, float[] host, int offset, Tensor tensor) {
    if (offset < 0 || tensor.size() > host.length - (long) offset) {
      throw new IllegalArgumentException(
          "%s: an array of %d numbers has no %d (%s) from offset %d"
              .formatted(operation, host.length, tensor.size(), tensor.shape(), offset));
    }
  }

  static void bias(String operation, Optional<Tensor> bias, int size, Check weights) {
    if (bias.isPresent()) {
      Check.open(operation, "bias", bias.get()).size(size, weights);
    }
  }

  private static Check convolution(
      String operation, Tensor images, Tensor filters, Window window, Tensor maps) {
    Check pixels = Check.open(operation, "images", images).rank(4);
    Check kernel = Check.open(operation, "filters", filters).rank(4);
    Check.open(operation, "maps", maps)
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
