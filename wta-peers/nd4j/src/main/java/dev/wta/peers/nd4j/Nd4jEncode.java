package dev.wta.peers.nd4j;

import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.Peer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The encoder, with zeros for the losers; a row of the code is a unit. */
final class Nd4jEncode implements Peer.Call {
  private final Memory memory = new Memory();
  private final INDArray images;
  private final INDArray weights;
  private final INDArray biases;
  private final INDArray code;
  private final Selection selection;

  Nd4jEncode(EncodeWorkload workload) {
    images = memory.of(workload.images(), FcStep.BATCH, FcStep.INPUTS);
    weights = memory.of(workload.weights(), FcStep.UNITS, FcStep.INPUTS);
    biases = memory.zeros(FcStep.UNITS);
    code = memory.zeros(FcStep.UNITS, FcStep.BATCH);
    selection = new Selection(FcStep.UNITS, FcStep.BATCH, FcStep.WINNERS, memory);
  }

  @Override
  public void run() {
    Nd4j.gemm(weights, images, code, false, true, 1, 0);
    code.addiColumnVector(biases);
    code.muli(selection.winners(code));
  }

  @Override
  public double result() {
    return Memory.sumOfAbsoluteValues(code);
  }

  @Override
  public void close() {
    memory.close();
  }
}
