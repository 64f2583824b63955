package dev.wta.peers.bytedeco;

import dev.wta.workloads.ConvStep;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** CONV-WTA: the winners' mask multiplies the last layer's maps. */
final class TorchConvStep extends TrainingStep {
  private static final long[] ONE = {1, 1};
  private static final long[] ENCODER_PADDING = {
    ConvStep.ENCODER_WINDOW / 2, ConvStep.ENCODER_WINDOW / 2
  };
  private static final long[] DECODER_PADDING = {
    ConvStep.DECODER_WINDOW / 2, ConvStep.DECODER_WINDOW / 2
  };

  private final ConvStep step;
  private final List<Parameter> filters = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();
  private final Parameter decoderFilters;
  private final Parameter decoderBias;

  TorchConvStep(ConvStep step) {
    super(step.images(), step.batch(), 1, ConvStep.SIDE, ConvStep.SIDE);
    this.step = step;
    for (int layer = 0; layer < step.layers(); layer++) {
      int window = ConvStep.ENCODER_WINDOW;
      filters.add(
          parameter(step.encoderFilters(layer), step.maps(), step.channels(layer), window, window));
      biases.add(parameter(new float[step.maps()], step.maps()));
    }
    int window = ConvStep.DECODER_WINDOW;
    decoderFilters = parameter(step.decoderFilters(), step.maps(), 1, window, window);
    decoderBias = parameter(new float[1], 1);
  }

  private Parameter parameter(float[] first, long... shape) {
    return sgd(ConvStep.RATE, ConvStep.MOMENTUM, first, shape);
  }

  @Override
  Tensor loss(Tensor x) {
    Tensor maps = x;
    for (int layer = 0; layer < step.layers(); layer++) {
      maps =
          torch
              .conv2d(
                  maps,
                  filters.get(layer).value,
                  biases.get(layer).optional(),
                  ONE,
                  ENCODER_PADDING,
                  ONE,
                  1)
              .relu();
    }
    Tensor y =
        torch.conv_transpose2d(
            maps.mul(winners(maps.detach())),
            decoderFilters.value,
            decoderBias.optional(),
            ONE,
            DECODER_PADDING,
            new long[] {0, 0},
            1,
            ONE);
    return Layers.squaredError(y, x);
  }

  /** Where the winners of both competitions are, as ones. */
  private Tensor winners(Tensor maps) {
    Tensor largest = maps.amax(new long[] {2, 3}, true);
    Tensor least =
        torch.topk(largest, step.winners(), 0, true, false).get0().amin(new long[] {0}, true);
    return maps.eq(largest).mul(largest.ge(least));
  }
}
