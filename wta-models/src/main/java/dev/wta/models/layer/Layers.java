package dev.wta.models.layer;

import dev.wta.api.op.Pool;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competition;
import java.util.Optional;

/** The layers that most models use: encoders, decoders, with winners or without. */
public final class Layers {
  private Layers() {}

  /**
   * {@code x * weights' + bias}: {@code (samples, inputs)} to {@code (samples, units)}; weights
   * {@code (units, inputs)}.
   */
  public static Variable dense(Tape tape, Variable x, Variable weights, Variable bias) {
    return DenseLayer.run(tape, x, weights, Optional.of(bias), false);
  }

  /** {@code x * weights'}, as {@link #dense(Tape, Variable, Variable, Variable)}. */
  public static Variable dense(Tape tape, Variable x, Variable weights) {
    return DenseLayer.run(tape, x, weights, Optional.empty(), false);
  }

  /** {@code relu(x * weights' + bias)}, as {@link #dense(Tape, Variable, Variable, Variable)}. */
  public static Variable denseRelu(Tape tape, Variable x, Variable weights, Variable bias) {
    return DenseLayer.run(tape, x, weights, Optional.of(bias), true);
  }

  /** {@code relu(x * weights' + bias)} and what {@code competition} leaves of it. */
  public static Code encode(
      Tape tape, Variable x, Variable weights, Variable bias, Competition competition) {
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    Optional<SelectionRule> rule = competition.rule(code);
    return rule.isPresent()
        ? EncodeWinners.run(tape, x, weights, Optional.empty(), bias, rule.get())
        : new Code.Dense(denseRelu(tape, x, weights, bias));
  }

  /** {@code relu(x * weights' + bias)} and what {@code rule} leaves of it. */
  public static Code.Sparse encode(
      Tape tape, Variable x, Variable weights, Variable bias, SelectionRule rule) {
    return EncodeWinners.run(tape, x, weights, Optional.empty(), bias, rule);
  }

  /**
   * The code of winners that a model has selected itself, for one whose units compete in several
   * ways or in groups.
   *
   * @param winners some elements of {@code relu(x * weights' + bias)}, from {@link
   *     Tape#temporaryWinners}
   */
  public static Code.Sparse encoded(
      Tape tape, Winners winners, Variable x, Variable weights, Variable bias) {
    return encoded(tape, winners, winners.values(), x, weights, bias);
  }

  /**
   * As {@link #encoded(Tape, Winners, Variable, Variable, Variable)}, for winners that were
   * selected by other numbers than their activations.
   *
   * @param values what {@code x * weights' + bias} is at the winners, {@code (capacity)}: of either
   *     sign
   */
  public static Code.Sparse encoded(
      Tape tape, Winners winners, Tensor values, Variable x, Variable weights, Variable bias) {
    return EncodeWinners.of(tape, winners, values, x, weights, Optional.empty(), bias);
  }

  /**
   * The linear decoder, {@code code * weights + bias}: weights {@code (units, outputs)}, out {@code
   * (samples, outputs)}.
   */
  public static Variable decode(Tape tape, Code code, Variable weights, Variable bias) {
    return switch (code) {
      case Code.Sparse sparse ->
          DecodeWinners.run(tape, sparse, weights, Optional.empty(), Optional.of(bias));
      case Code.Dense dense ->
          DecodeDense.run(tape, dense.activations(), weights, Optional.of(bias));
    };
  }

  /** The linear decoder of winners without a bias, {@code code * weights}. */
  public static Variable decode(Tape tape, Code.Sparse code, Variable weights) {
    return DecodeWinners.run(tape, code, weights, Optional.empty(), Optional.empty());
  }

  /** The linear decoder of a dense code without a bias, {@code code * weights}. */
  public static Variable decode(Tape tape, Variable code, Variable weights) {
    return DecodeDense.run(tape, code, weights, Optional.empty());
  }

  /**
   * {@code relu(convolution(images, filters) + bias)}: images {@code (samples, channels, height,
   * width)}, filters {@code (maps, channels, window height, window width)}, out {@code (samples,
   * maps, map height, map width)}.
   */
  public static Variable convolutionRelu(
      Tape tape, Variable images, Variable filters, Variable bias, Window window) {
    return ConvolutionLayer.run(tape, images, filters, bias, window);
  }

  /** {@link #convolutionRelu} and what {@code competition} leaves of its maps. */
  public static Code encodeMaps(
      Tape tape,
      Variable images,
      Variable filters,
      Variable bias,
      Window window,
      Competition competition) {
    Optional<SelectionRule> rule =
        competition.rule(MapShapes.maps(images.shape(), filters.shape(), window));
    return rule.isPresent()
        ? EncodeWinners.run(tape, images, filters, Optional.of(window), bias, rule.get())
        : new Code.Dense(convolutionRelu(tape, images, filters, bias, window));
  }

  /**
   * The largest activation of each window of each map: {@code (samples, maps, height, width)} to
   * {@code (samples, maps, ceil(height / stride), ceil(width / stride))}.
   */
  public static Variable maxPool(Tape tape, Variable maps, Pool pool) {
    return MaxPoolLayer.run(tape, maps, pool);
  }

  /**
   * The linear deconvolution of a code of maps, plus a bias of each channel: filters {@code (maps,
   * channels, window height, window width)}, out {@code (samples, channels, height, width)}.
   */
  public static Variable decodeMaps(
      Tape tape, Code code, Variable filters, Variable bias, Window window) {
    return switch (code) {
      case Code.Sparse sparse ->
          DecodeWinners.run(tape, sparse, filters, Optional.of(window), Optional.of(bias));
      case Code.Dense dense -> DecodeMaps.run(tape, dense.activations(), filters, bias, window);
    };
  }
}
