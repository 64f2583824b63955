package dev.wta.peers.bytedeco;

import dev.wta.workloads.FcStep;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** FC-WTA: winners are sorted by sample, each of which is a bag of the decoder's rows. */
final class TorchFcStep extends TrainingStep {
  private final Parameter encoder;
  private final Parameter decoder;
  private final Parameter encoderBiases;
  private final Parameter decoderBiases;

  TorchFcStep(FcStep step) {
    super(step.images(), FcStep.BATCH, FcStep.INPUTS);
    encoder = parameter(step.encoderWeights(), FcStep.UNITS, FcStep.INPUTS);
    decoder = step.tied() ? encoder : parameter(step.decoderWeights(), FcStep.UNITS, FcStep.INPUTS);
    encoderBiases = parameter(new float[FcStep.UNITS], FcStep.UNITS);
    decoderBiases = parameter(new float[FcStep.INPUTS], FcStep.INPUTS);
  }

  private Parameter parameter(float[] first, long... shape) {
    return sgd(FcStep.RATE, FcStep.MOMENTUM, first, shape);
  }

  @Override
  Tensor loss(Tensor x) {
    Tensor code = torch.linear(x, encoder.value, encoderBiases.optional());
    T_TensorTensor_T winners = torch.topk(code, FcStep.WINNERS, 0, true, false);
    Tensor samples = winners.get1().view(-1);
    Tensor order = torch.argsort(samples, true, 0, false);
    Tensor values = winners.get0().relu().view(-1).index_select(0, order);
    Tensor units = order.remainder(new Scalar((long) FcStep.UNITS));
    Tensor counts = torch.bincount(samples, new TensorOptional(), FcStep.BATCH);
    Tensor bags = counts.cumsum(0).sub(counts);
    Tensor y = Layers.bags(decoder.value, units, bags, values).add(decoderBiases.value);
    return Layers.squaredError(y, x);
  }
}
