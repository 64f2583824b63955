package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/**
 * The argument checks of the operations on winners: {@link Operands}' other half, under the same
 * rules. Coefficients have as many elements as the winners have capacity.
 */
public final class SparseOperands {
  private SparseOperands() {}

  // Memory

  /** The code's shape and capacity that {@link Memory#allocateWinners} accepts. */
  public static void allocateWinners(Shape code, int capacity) {
    if (code.rank() != 2 && code.rank() != 4) {
      throw new IllegalArgumentException(
          "a code is (samples, units) or (samples, units, height, width), not " + code);
    }
    if (capacity < 0) {
      throw new IllegalArgumentException(
          "no such capacity for winners of %s: %d".formatted(code, capacity));
    }
  }

  /** Winners in canonical order, each once, inside the code and no more of them than fit. */
  public static void upload(WinnerList source, Winners target) {
    open("upload", target);
    if (source.count() > target.capacity()) {
      throw new IllegalArgumentException(
          "upload: %d winners do not fit the capacity of %d"
              .formatted(source.count(), target.capacity()));
    }
    for (int w = 0; w < source.count(); w++) {
      int sample = source.samples()[w];
      int unit = source.units()[w];
      int position = source.positions()[w];
      if (outside(sample, target.samples())
          || outside(unit, target.units())
          || outside(position, target.positions())) {
        throw new IllegalArgumentException(
            "upload: winner %d (sample %d, unit %d, position %d) lies outside the code (%s)"
                .formatted(w, sample, unit, position, target.code()));
      }
      if (w > 0 && !source.ascendsAt(w)) {
        throw new IllegalArgumentException(
            "upload: winner %d (sample %d, unit %d, position %d) is not in canonical order"
                .formatted(w, sample, unit, position));
      }
    }
  }

  public static void download(Winners winners, Tensor coefficients) {
    coefficients("download", winners, coefficients);
  }

  // Competition

  public static void select(Tensor activations, SelectionRule rule, Winners winners) {
    open("select", winners);
    Operand.open("select", "activations", activations);
    if (!activations.shape().equals(winners.code())) {
      throw new IllegalArgumentException(
          "select: activations (%s) should have the shape of the winners' code (%s)"
              .formatted(activations.shape(), winners.code()));
    }
    rule("select", rule, winners);
  }

  public static void encodeWinners(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, Winners winners) {
    open("encodeWinners", winners);
    Operand input = Operand.open("encodeWinners", "x", x);
    Operand unitRows =
        Operand.open("encodeWinners", "weights", weights).rowSize(x.shape().rowSize(), input);
    Operand.open("encodeWinners", "bias", bias).size(weights.shape().rows(), unitRows);
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    if (!winners.code().equals(code)) {
      throw new IllegalArgumentException(
          "encodeWinners: winners are of the code %s, x (%s) and weights (%s) make %s"
              .formatted(winners.code(), x.shape(), weights.shape(), code));
    }
    rule("encodeWinners", rule, winners);
  }

  public static void encodeWinnersMaps(
      Tensor images,
      Tensor filters,
      Window window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    open("encodeWinnersMaps", winners);
    Operand kernel = throughWindow("encodeWinnersMaps", winners, "images", images, filters, window);
    Operand.open("encodeWinnersMaps", "bias", bias).size(filters.shape().rows(), kernel);
    rule("encodeWinnersMaps", rule, winners);
  }

  // Sparse

  public static void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out) {
    coefficients("decode", winners, coefficients);
    Operand matrix = fullyConnected("decode", winners, "out", out, "weights", weights);
    Operands.bias("decode", bias, weights.shape().rowSize(), matrix);
  }

  public static void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images) {
    coefficients("decodeMaps", winners, coefficients);
    Operand kernel = throughWindow("decodeMaps", winners, "images", images, filters, window);
    Operands.bias("decodeMaps", bias, filters.shape().extent(1), kernel);
  }

  public static void codeGradient(
      Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients) {
    coefficients("codeGradient", winners, coefficients);
    fullyConnected("codeGradient", winners, "outGradient", outGradient, "weights", weights);
  }

  public static void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients) {
    coefficients("codeGradientMaps", winners, coefficients);
    throughWindow("codeGradientMaps", winners, "imageGradient", imageGradient, filters, window);
  }

  public static void spellOut(Gradient.Factored gradient, Tensor out) {
    gradient("spellOut", gradient, Operand.open("spellOut", "out", out));
  }

  public static void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    Operand slots = coefficients("unitSums", winners, coefficients);
    Operand.open("unitSums", "out", out).size(winners.units(), slots);
  }

  /** For {@link Sparse#scatter} and {@link Sparse#gather}: coefficients and a dense code. */
  public static void scatter(String operation, Winners winners, Tensor coefficients, Tensor code) {
    coefficients(operation, winners, coefficients);
    Operand.open(operation, "code", code);
    if (!code.shape().equals(winners.code())) {
      throw new IllegalArgumentException(
          "%s: code (%s) should have the shape of the winners' code (%s)"
              .formatted(operation, code.shape(), winners.code()));
    }
  }

  // What several of them ask

  private static boolean outside(int index, int extent) {
    return index < 0 || index >= extent;
  }

  private static void open(String operation, Winners winners) {
    if (!winners.isOpen()) {
      throw new IllegalStateException(
          "%s: winners (%s) are closed".formatted(operation, winners.code()));
    }
  }

  private static Operand coefficients(String operation, Winners winners, Tensor coefficients) {
    open(operation, winners);
    Operand slots = Operand.open(operation, "coefficients", coefficients);
    if (coefficients.size() != winners.capacity()) {
      throw new IllegalArgumentException(
          "%s: coefficients (%s) should have the capacity of the winners, %d of %s"
              .formatted(operation, coefficients.shape(), winners.capacity(), winners.code()));
    }
    return slots;
  }

  private static void code(String operation, Winners winners, int rank) {
    if (winners.code().rank() != rank) {
      throw new IllegalArgumentException(
          "%s: winners are of the code %s, which should have %d axes"
              .formatted(operation, winners.code(), rank));
    }
  }

  private static void rule(String operation, SelectionRule rule, Winners winners) {
    groups(operation, rule, winners);
    int capacity = rule.capacity(winners.code());
    if (winners.capacity() < capacity) {
      throw new IllegalArgumentException(
          "%s: winners of capacity %d do not hold the %d that %s leaves of the code %s"
              .formatted(operation, winners.capacity(), capacity, rule, winners.code()));
    }
  }

  private static void groups(String operation, SelectionRule rule, Winners winners) {
    switch (rule) {
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        groups(operation, first, winners);
        groups(operation, second, winners);
      }
      case SelectionRule.Spatial() -> code(operation + " by spatial sparsity", winners, 4);
      case SelectionRule.Above(Tensor thresholds) -> {
        Operand.open(operation, "thresholds", thresholds);
        if (thresholds.size() != winners.units()) {
          throw new IllegalArgumentException(
              "%s: thresholds (%s) should have an element for each unit of the code (%s)"
                  .formatted(operation, thresholds.shape(), winners.code()));
        }
      }
      case SelectionRule.PerColumn _, SelectionRule.PerRow _, SelectionRule.Global _ -> {}
    }
  }

  /**
   * A batch (samples, width) and weights (units, width) that go with winners of (samples, units).
   */
  private static Operand fullyConnected(
      String operation,
      Winners winners,
      String batchName,
      Tensor batch,
      String weightsName,
      Tensor weights) {
    code(operation, winners, 2);
    Operand dense = Operand.open(operation, batchName, batch);
    Operand matrix = Operand.open(operation, weightsName, weights);
    rowsOf(dense, winners.samples(), winners);
    rowsOf(matrix, winners.units(), winners);
    return matrix.rowSize(batch.shape().rowSize(), dense);
  }

  /**
   * Images (samples, channels, ...) and filters (units, channels, ...) that go with winners of
   * (samples, units, ...).
   */
  private static Operand throughWindow(
      String operation,
      Winners winners,
      String imagesName,
      Tensor images,
      Tensor filters,
      Window window) {
    Operand pixels = images(operation, winners, imagesName, images, window);
    Operand kernel = Operand.open(operation, "filters", filters).rank(4).window(window);
    rowsOf(kernel, winners.units(), winners);
    return kernel.extent(1, images.shape().extent(1), "channels", pixels);
  }

  private static Operand images(
      String operation, Winners winners, String imagesName, Tensor images, Window window) {
    code(operation, winners, 4);
    Operand pixels = Operand.open(operation, imagesName, images).rank(4);
    rowsOf(pixels, winners.samples(), winners);
    int height = window.mapHeight(images.shape().extent(2));
    int width = window.mapWidth(images.shape().extent(3));
    if (winners.code().extent(2) != height || winners.code().extent(3) != width) {
      throw new IllegalArgumentException(
          "%s: %s (%s) under a window of %dx%d, padding %d, have maps of %dx%d, the winners' code is %s"
              .formatted(
                  operation,
                  imagesName,
                  images.shape(),
                  window.height(),
                  window.width(),
                  window.padding(),
                  height,
                  width,
                  winners.code()));
    }
    return pixels;
  }

  private static void rowsOf(Operand operand, int wanted, Winners winners) {
    if (operand.shape().rows() != wanted) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d rows to go with winners of the code %s"
              .formatted(
                  operand.operation(), operand.name(), operand.shape(), wanted, winners.code()));
    }
  }

  /** A gradient that goes with a parameter {@code target}. */
  static void gradient(String operation, Gradient gradient, Operand target) {
    switch (gradient) {
      case Gradient.Dense(Tensor values) ->
          Operand.open(operation, "gradient", values).like(target).apartFrom(target);
      case Gradient.Factored factored ->
          factored.terms().forEach(term -> term(operation, term, target));
    }
  }

  private static void term(String operation, Gradient.Term term, Operand target) {
    Winners winners = term.winners();
    coefficients(operation, winners, term.coefficients());
    rowsOf(target, winners.units(), winners);
    if (term.window().isEmpty()) {
      code(operation, winners, 2);
      Operand batch = Operand.open(operation, "the gradient's batch", term.batch());
      rowsOf(batch, winners.samples(), winners);
      target.rowSize(term.batch().shape().rowSize(), batch);
    } else {
      Window window = term.window().get();
      Operand batch = images(operation, winners, "the gradient's batch", term.batch(), window);
      int channels = term.batch().shape().extent(1);
      target.rowSize(Math.toIntExact((long) channels * window.height() * window.width()), batch);
    }
  }
}
