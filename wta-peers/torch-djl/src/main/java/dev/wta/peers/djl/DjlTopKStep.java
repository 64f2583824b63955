package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.TopKStep;

/** TopK: the rows of the decoder that a sample's winners select are gathered and multiplied. */
final class DjlTopKStep extends TrainingStep {
  private static final Shape WEIGHTS = new Shape(TopKStep.UNITS, TopKStep.INPUTS);

  private final Parameter encoder;
  private final Parameter decoder;
  private final Parameter encoderBiases;
  private final Parameter decoderBiases;

  DjlTopKStep(TopKStep step) {
    super(step.samples(), new Shape(TopKStep.BATCH, TopKStep.INPUTS));
    float[] weights = step.weights();
    encoder = adam(weights, WEIGHTS, TopKStep.RATE);
    decoder = adam(weights, WEIGHTS, TopKStep.RATE);
    encoderBiases = adam(new float[TopKStep.UNITS], new Shape(TopKStep.UNITS), TopKStep.RATE);
    decoderBiases = adam(new float[TopKStep.INPUTS], new Shape(TopKStep.INPUTS), TopKStep.RATE);
  }

  @Override
  NDArray loss(NDArray x) {
    NDArray code = Layers.relu(Layers.linear(x, encoder.leaf(), encoderBiases.leaf()));
    NDList winners = code.topK(TopKStep.WINNERS, 1, true, false);
    NDArray rows = Layers.rows(winners.get(1), decoder.leaf());
    NDArray y = winners.get(0).expandDims(1).matMul(rows).squeeze(1).add(decoderBiases.leaf());
    return y.sub(x).square().sum().div(TopKStep.BATCH);
  }
}
