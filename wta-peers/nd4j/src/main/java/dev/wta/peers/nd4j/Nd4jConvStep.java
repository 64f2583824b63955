package dev.wta.peers.nd4j;

import dev.wta.workloads.ConvStep;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** CONV-WTA by ND4J's convolutions, with zeros for the losers. */
final class Nd4jConvStep extends TrainingStep {
  private final ConvStep step;
  private final List<Convolution> encoder = new ArrayList<>();
  private final List<INDArray> gradients = new ArrayList<>();
  private final Convolution decoder;
  private final INDArray imageGradient;
  private final INDArray mask;
  private final SpatialSelection selection;

  Nd4jConvStep(ConvStep step) {
    super(step.images(), step.batch(), 1, ConvStep.SIDE, ConvStep.SIDE);
    this.step = step;
    for (int layer = 0; layer < step.layers(); layer++) {
      INDArray filters =
          memory.of(
              step.encoderFilters(layer),
              step.maps(),
              step.channels(layer),
              ConvStep.ENCODER_WINDOW,
              ConvStep.ENCODER_WINDOW);
      encoder.add(layer("conv2d", filters, maps()));
      gradients.add(maps());
    }
    INDArray filters =
        memory.of(
            step.decoderFilters(),
            step.maps(),
            1,
            ConvStep.DECODER_WINDOW,
            ConvStep.DECODER_WINDOW);
    INDArray images = memory.zeros(step.batch(), 1, ConvStep.SIDE, ConvStep.SIDE);
    decoder = layer("deconv2d", filters, images);
    imageGradient = memory.zeros(images.shape());
    mask = maps();
    selection = new SpatialSelection(step, memory);
  }

  /** The loss is the mean of squares, whose derivative is the error times {@code 2 / batch}. */
  private Convolution layer(String operation, INDArray filters, INDArray maps) {
    double rate = 2 * ConvStep.RATE / step.batch();
    return new Convolution(operation, filters, maps, rate, ConvStep.MOMENTUM, memory);
  }

  private INDArray maps() {
    return memory.zeros(step.batch(), step.maps(), ConvStep.SIDE, ConvStep.SIDE);
  }

  @Override
  INDArray train(INDArray x, int number) {
    INDArray in = x;
    for (Convolution layer : encoder) {
      layer.forward(in);
      in = layer.maps;
      Nd4j.exec(new RectifiedLinear(in, in, 0.0));
    }
    INDArray code = in;
    selection.winners(code, mask);
    code.muli(mask);
    decoder.forward(code);
    INDArray error = decoder.maps.subi(x);

    INDArray gradient = gradients.getLast();
    decoder.backward(code, error, gradient);
    gradient.muli(mask);
    for (int layer = step.layers() - 1; layer > 0; layer--) {
      INDArray below = encoder.get(layer - 1).maps;
      INDArray gradientBelow = gradients.get(layer - 1);
      encoder.get(layer).backward(below, gradients.get(layer), gradientBelow);
      Nd4j.exec(new Step(below, mask, 0.0));
      gradientBelow.muli(mask);
    }
    encoder.getFirst().backward(x, gradients.getFirst(), imageGradient);

    encoder.forEach(Convolution::update);
    decoder.update();
    return error;
  }
}
