package dev.wta.peers.bytedeco;

import dev.wta.workloads.TopKStep;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** TopK: a bag of the decoder's rows for each sample, weighted by its winners. */
final class TorchTopKStep extends TrainingStep {
  private final Parameter encoder;
  private final Parameter decoder;
  private final Parameter encoderBiases;
  private final Parameter decoderBiases;
  private final Tensor bags;

  TorchTopKStep(TopKStep step) {
    super(step.samples(), step.batch(), TopKStep.INPUTS);
    float[] weights = step.weights();
    encoder = adam(TopKStep.RATE, weights, step.units(), TopKStep.INPUTS);
    decoder = adam(TopKStep.RATE, weights, step.units(), TopKStep.INPUTS);
    encoderBiases = adam(TopKStep.RATE, new float[step.units()], step.units());
    decoderBiases = adam(TopKStep.RATE, new float[TopKStep.INPUTS], TopKStep.INPUTS);
    bags = torch.arange(new Scalar((long) step.batch())).mul(new Scalar((long) TopKStep.WINNERS));
  }

  @Override
  Tensor loss(Tensor x) {
    Tensor code = torch.linear(x.sub(decoderBiases.value), encoder.value, encoderBiases.optional());
    T_TensorTensor_T winners = torch.topk(code, TopKStep.WINNERS, 1, true, false);
    Tensor values = winners.get0().relu().view(-1);
    Tensor units = winners.get1().view(-1);
    Tensor y = Layers.bags(decoder.value, units, bags, values).add(decoderBiases.value);
    return Layers.squaredError(y, x);
  }
}
