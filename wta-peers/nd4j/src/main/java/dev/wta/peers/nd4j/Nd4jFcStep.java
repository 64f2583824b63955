package dev.wta.peers.nd4j;

import dev.wta.workloads.FcStep;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** FC-WTA by dense products; a row of the code is a unit, so that winners are sought in rows. */
final class Nd4jFcStep extends TrainingStep {
  private final SgdParameter encoder;
  private final SgdParameter decoder;
  private final SgdParameter encoderBiases;
  private final SgdParameter decoderBiases;
  private final INDArray code;
  private final INDArray codeGradient;
  private final INDArray error;
  private final INDArray encoderSums;
  private final INDArray decoderSums;
  private final Selection selection;

  Nd4jFcStep(FcStep step) {
    super(step.images(), FcStep.BATCH, FcStep.INPUTS);
    encoder = parameter(memory.of(step.encoderWeights(), FcStep.UNITS, FcStep.INPUTS));
    decoder =
        step.tied()
            ? encoder
            : parameter(memory.of(step.decoderWeights(), FcStep.UNITS, FcStep.INPUTS));
    encoderBiases = parameter(memory.zeros(FcStep.UNITS));
    decoderBiases = parameter(memory.zeros(FcStep.INPUTS));
    code = memory.zeros(FcStep.UNITS, FcStep.BATCH);
    codeGradient = memory.zeros(FcStep.UNITS, FcStep.BATCH);
    error = memory.zeros(FcStep.BATCH, FcStep.INPUTS);
    encoderSums = memory.zeros(FcStep.UNITS);
    decoderSums = memory.zeros(FcStep.INPUTS);
    selection = new Selection(FcStep.UNITS, FcStep.BATCH, FcStep.WINNERS, memory);
  }

  /** The loss is the mean of squares, whose derivative is the error times {@code 2 / BATCH}. */
  private SgdParameter parameter(INDArray first) {
    return new SgdParameter(first, 2 * FcStep.RATE / FcStep.BATCH, FcStep.MOMENTUM, memory);
  }

  @Override
  INDArray train(INDArray x, int number) {
    Nd4j.gemm(encoder.value, x, code, false, true, 1, 0);
    code.addiColumnVector(encoderBiases.value);
    INDArray winners = selection.winners(code);
    code.muli(winners);
    Nd4j.gemm(code, decoder.value, error, true, false, 1, 0);
    error.addiRowVector(decoderBiases.value).subi(x);

    Nd4j.gemm(decoder.value, error, codeGradient, false, true, 1, 0);
    codeGradient.muli(winners);
    encoder.gradient(codeGradient, x);
    decoder.gradient(code, error);
    encoderBiases.gradient(codeGradient.sum(encoderSums, 1));
    decoderBiases.gradient(error.sum(decoderSums, 0));

    encoder.update();
    if (decoder != encoder) {
      decoder.update();
    }
    encoderBiases.update();
    decoderBiases.update();
    return error;
  }
}
