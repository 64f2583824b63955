package dev.wta.peers.nd4j;

import dev.wta.workloads.Peer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A step of training: upload of a batch, forward pass, gradients, update. */
abstract class TrainingStep implements Peer.Call {
  final Memory memory = new Memory();
  private final float[] samples;
  private final int batch;
  private final INDArray x;
  private double loss;
  private int steps;

  /**
   * @param samples the batches, one after another
   */
  TrainingStep(float[] samples, int batch, long... sampleShape) {
    this.samples = samples;
    this.batch = batch;
    long[] shape = new long[1 + sampleShape.length];
    shape[0] = batch;
    System.arraycopy(sampleShape, 0, shape, 1, sampleShape.length);
    x = memory.zeros(shape);
  }

  /**
   * Trains on a batch.
   *
   * @param number of the step, from 0
   * @return the reconstruction's error before the update
   */
  abstract INDArray train(INDArray x, int number);

  @Override
  public final void run() {
    int numbers = Math.toIntExact(x.length());
    int from = Math.floorMod((long) steps * numbers, samples.length);
    Memory.numbers(x).put(samples, from, numbers);
    double length = train(x, steps).norm2Number().doubleValue();
    loss = length * length / batch;
    steps++;
  }

  @Override
  public final double result() {
    return loss;
  }

  @Override
  public final void close() {
    memory.close();
  }
}
