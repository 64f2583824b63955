package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.ConvStep;
import java.util.ArrayList;
import java.util.List;

/**
 * CONV-WTA: the winners' mask multiplies the last layer's maps. DJL has no transposed convolution
 * for PyTorch, so the decoder is the same sum as a convolution with its filters turned half round.
 */
final class DjlConvStep extends TrainingStep {
  private final ConvStep step;
  private final List<Parameter> filters = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();
  private final Parameter decoderFilters;
  private final Parameter decoderBias;

  DjlConvStep(ConvStep step) {
    super(step.images(), new Shape(step.batch(), 1, ConvStep.SIDE, ConvStep.SIDE));
    this.step = step;
    for (int layer = 0; layer < step.layers(); layer++) {
      int window = ConvStep.ENCODER_WINDOW;
      Shape shape = new Shape(step.maps(), step.channels(layer), window, window);
      filters.add(parameter(step.encoderFilters(layer), shape));
      biases.add(parameter(new float[step.maps()], new Shape(step.maps())));
    }
    int window = ConvStep.DECODER_WINDOW;
    decoderFilters =
        parameter(
            turned(step.decoderFilters(), window * window),
            new Shape(1, step.maps(), window, window));
    decoderBias = parameter(new float[1], new Shape(1));
  }

  private Parameter parameter(float[] first, Shape shape) {
    return sgd(first, shape, ConvStep.RATE, ConvStep.MOMENTUM);
  }

  /** Reverses each filter. */
  private static float[] turned(float[] filters, int taps) {
    float[] turned = new float[filters.length];
    for (int i = 0; i < filters.length; i++) {
      turned[i] = filters[i / taps * taps + taps - 1 - i % taps];
    }
    return turned;
  }

  @Override
  NDArray loss(NDArray x) {
    NDArray maps = x;
    for (int layer = 0; layer < step.layers(); layer++) {
      maps =
          Layers.relu(
              Layers.convolution(
                  maps,
                  filters.get(layer).leaf(),
                  biases.get(layer).leaf(),
                  ConvStep.ENCODER_WINDOW));
    }
    NDArray y =
        Layers.convolution(
            maps.mul(winners(maps.stopGradient())),
            decoderFilters.leaf(),
            decoderBias.leaf(),
            ConvStep.DECODER_WINDOW);
    return y.sub(x).square().sum().div(step.batch());
  }

  /** Where the winners of both competitions are, as ones. */
  private NDArray winners(NDArray maps) {
    NDArray flat = maps.reshape(step.batch(), step.maps(), ConvStep.SIDE * ConvStep.SIDE);
    NDArray largest = flat.max(new int[] {2}, true).expandDims(3);
    NDList winners = largest.topK(step.winners(), 0, true, false);
    NDArray least = winners.get(0).min(new int[] {0}, true);
    NDArray wins = largest.gte(least);
    return maps.eq(largest).logicalAnd(wins);
  }
}
