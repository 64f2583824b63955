package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.FcStep;

/** FC-WTA: winners are scattered into a code of zeros, which is decoded by a dense product. */
final class DjlFcStep extends TrainingStep {
  private static final Shape WEIGHTS = new Shape(FcStep.UNITS, FcStep.INPUTS);

  private final Parameter encoder;
  private final Parameter decoder;
  private final Parameter encoderBiases;
  private final Parameter decoderBiases;

  DjlFcStep(FcStep step) {
    super(step.images(), new Shape(FcStep.BATCH, FcStep.INPUTS));
    encoder = parameter(step.encoderWeights(), WEIGHTS);
    decoder = step.tied() ? encoder : parameter(step.decoderWeights(), WEIGHTS);
    encoderBiases = parameter(new float[FcStep.UNITS], new Shape(FcStep.UNITS));
    decoderBiases = parameter(new float[FcStep.INPUTS], new Shape(FcStep.INPUTS));
  }

  private Parameter parameter(float[] first, Shape shape) {
    return sgd(first, shape, FcStep.RATE, FcStep.MOMENTUM);
  }

  @Override
  NDArray loss(NDArray x) {
    NDArray code = Layers.relu(Layers.linear(x, encoder.leaf(), encoderBiases.leaf()));
    NDList winners = code.topK(FcStep.WINNERS, 0, true, false);
    NDArray sparse = code.zerosLike().scatter(winners.get(1), winners.get(0), 0);
    NDArray y = sparse.matMul(decoder.leaf()).add(decoderBiases.leaf());
    return y.sub(x).square().sum().div(FcStep.BATCH);
  }
}
