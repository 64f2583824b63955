package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.Peer;

/** The encoder and its winners, as values and places. */
final class DjlEncode implements Peer.Call {
  private final NDManager memory = NDManager.newBaseManager();
  private final NDArray images;
  private final NDArray weights;
  private final NDArray biases;
  private NDList winners;

  DjlEncode(EncodeWorkload workload) {
    images = memory.create(workload.images(), new Shape(FcStep.BATCH, FcStep.INPUTS));
    weights = memory.create(workload.weights(), new Shape(FcStep.UNITS, FcStep.INPUTS));
    biases = memory.zeros(new Shape(FcStep.UNITS));
    winners = encode();
  }

  @Override
  public void run() {
    winners.close();
    winners = encode();
  }

  private NDList encode() {
    try (NDArray sums = Layers.linear(images, weights, biases);
        NDArray code = Layers.relu(sums)) {
      return code.topK(FcStep.WINNERS, 0, true, false);
    }
  }

  @Override
  public double result() {
    return Sums.ofAbsoluteValues(winners.getFirst());
  }

  @Override
  public void close() {
    memory.close();
  }
}
