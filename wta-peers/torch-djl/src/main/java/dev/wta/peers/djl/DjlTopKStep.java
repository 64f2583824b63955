package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.TopKStep;

/** TopK: the rows of the decoder that a sample's winners select are gathered and multiplied. */
final class DjlTopKStep extends TrainingStep {
  private final int batch;
  private final Parameter encoder;
  private final Parameter decoder;
  private final Parameter encoderBiases;
  private final Parameter decoderBiases;

  DjlTopKStep(TopKStep step) {
    super(step.samples(), new Shape(step.batch(), TopKStep.INPUTS));
    batch = step.batch();
    Shape shape = new Shape(step.units(), TopKStep.INPUTS);
    float[] weights = step.weights();
    encoder = adam(weights, shape, TopKStep.RATE);
    decoder = adam(weights, shape, TopKStep.RATE);
    encoderBiases = adam(new float[step.units()], new Shape(step.units()), TopKStep.RATE);
    decoderBiases = adam(new float[TopKStep.INPUTS], new Shape(TopKStep.INPUTS), TopKStep.RATE);
  }

  @Override
  NDArray loss(NDArray x) {
    NDArray code =
        Layers.relu(
            Layers.linear(x.sub(decoderBiases.leaf()), encoder.leaf(), encoderBiases.leaf()));
    NDList winners = code.topK(TopKStep.WINNERS, 1, true, false);
    NDArray rows = Layers.rows(winners.get(1), decoder.leaf());
    NDArray y = winners.get(0).expandDims(1).matMul(rows).squeeze(1).add(decoderBiases.leaf());
    return y.sub(x).square().sum().div(batch);
  }
}
