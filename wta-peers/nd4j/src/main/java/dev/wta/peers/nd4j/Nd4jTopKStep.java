package dev.wta.peers.nd4j;

import dev.wta.workloads.TopKStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** TopK by dense products. */
final class Nd4jTopKStep extends TrainingStep {
  /** The loss is the mean of squares, whose derivative is the error times this. */
  private static final double SCALE = 2.0 / TopKStep.BATCH;

  private final AdamParameter encoder;
  private final AdamParameter decoder;
  private final AdamParameter encoderBiases;
  private final AdamParameter decoderBiases;
  private final INDArray code;
  private final INDArray codeGradient;
  private final INDArray error;
  private final Selection selection;

  Nd4jTopKStep(TopKStep step) {
    super(step.samples(), TopKStep.BATCH, TopKStep.INPUTS);
    float[] weights = step.weights();
    encoder = parameter(memory.of(weights, TopKStep.UNITS, TopKStep.INPUTS));
    decoder = parameter(memory.of(weights, TopKStep.UNITS, TopKStep.INPUTS));
    encoderBiases = parameter(memory.zeros(TopKStep.UNITS));
    decoderBiases = parameter(memory.zeros(TopKStep.INPUTS));
    code = memory.zeros(TopKStep.BATCH, TopKStep.UNITS);
    codeGradient = memory.zeros(TopKStep.BATCH, TopKStep.UNITS);
    error = memory.zeros(TopKStep.BATCH, TopKStep.INPUTS);
    selection = new Selection(TopKStep.BATCH, TopKStep.UNITS, TopKStep.WINNERS, memory);
  }

  private AdamParameter parameter(INDArray first) {
    return new AdamParameter(first, TopKStep.RATE, memory);
  }

  @Override
  INDArray train(INDArray x, int number) {
    Nd4j.gemm(x, encoder.value, code, false, true, 1, 0);
    code.addiRowVector(encoderBiases.value);
    INDArray winners = selection.winners(code);
    code.muli(winners);
    Nd4j.gemm(code, decoder.value, error, false, false, 1, 0);
    error.addiRowVector(decoderBiases.value).subi(x);

    Nd4j.gemm(error, decoder.value, codeGradient, false, true, 1, 0);
    codeGradient.muli(winners);
    Nd4j.gemm(codeGradient, x, encoder.gradient, true, false, SCALE, 0);
    Nd4j.gemm(code, error, decoder.gradient, true, false, SCALE, 0);
    codeGradient.sum(encoderBiases.gradient, 0).muli(SCALE);
    error.sum(decoderBiases.gradient, 0).muli(SCALE);

    encoder.update(number);
    decoder.update(number);
    encoderBiases.update(number);
    decoderBiases.update(number);
    return error;
  }
}
