package dev.wta.peers.nd4j;

import dev.wta.workloads.TopKStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** TopK by dense products. */
final class Nd4jTopKStep extends TrainingStep {
  /** The loss is the mean of squares, whose derivative is the error times this. */
  private final double scale;

  private final AdamParameter encoder;
  private final AdamParameter decoder;
  private final AdamParameter encoderBiases;
  private final AdamParameter decoderBiases;
  private final INDArray centred;
  private final INDArray code;
  private final INDArray codeGradient;
  private final INDArray error;
  private final Selection selection;

  Nd4jTopKStep(TopKStep step) {
    super(step.samples(), step.batch(), TopKStep.INPUTS);
    scale = 2.0 / step.batch();
    float[] weights = step.weights();
    encoder = parameter(memory.of(weights, step.units(), TopKStep.INPUTS));
    decoder = parameter(memory.of(weights, step.units(), TopKStep.INPUTS));
    encoderBiases = parameter(memory.zeros(step.units()));
    decoderBiases = parameter(memory.zeros(TopKStep.INPUTS));
    centred = memory.zeros(step.batch(), TopKStep.INPUTS);
    code = memory.zeros(step.batch(), step.units());
    codeGradient = memory.zeros(step.batch(), step.units());
    error = memory.zeros(step.batch(), TopKStep.INPUTS);
    selection = new Selection(step.batch(), step.units(), TopKStep.WINNERS, memory);
  }

  private AdamParameter parameter(INDArray first) {
    return new AdamParameter(first, TopKStep.RATE, memory);
  }

  @Override
  INDArray train(INDArray x, int number) {
    centred.assign(x).subiRowVector(decoderBiases.value);
    Nd4j.gemm(centred, encoder.value, code, false, true, 1, 0);
    code.addiRowVector(encoderBiases.value);
    INDArray winners = selection.winners(code);
    code.muli(winners);
    Nd4j.gemm(code, decoder.value, error, false, false, 1, 0);
    error.addiRowVector(decoderBiases.value).subi(x);

    Nd4j.gemm(error, decoder.value, codeGradient, false, true, 1, 0);
    codeGradient.muli(winners);
    Nd4j.gemm(codeGradient, centred, encoder.gradient, true, false, scale, 0);
    Nd4j.gemm(code, error, decoder.gradient, true, false, scale, 0);
    codeGradient.sum(encoderBiases.gradient, 0).muli(scale);
    error.sum(decoderBiases.gradient, 0).muli(scale);
    // What is subtracted from the samples is a parameter, too.
    decoderBiases.gradient.subi(encoder.value.transpose().mmul(encoderBiases.gradient));

    encoder.update(number);
    decoder.update(number);
    encoderBiases.update(number);
    decoderBiases.update(number);
    return error;
  }
}
