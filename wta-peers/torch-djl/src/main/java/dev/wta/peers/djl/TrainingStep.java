package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.wta.workloads.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A step of training: upload of a batch, forward pass, gradients by autograd, update.
 *
 * <p>It calls the engine's own entry points where DJL's portable ones cost a pass over the
 * parameters: a {@code GradientCollector} sets every gradient to zero before it adds to it. Here a
 * step's parameters are fresh leaves of the graph on the same memory, so that a gradient is written
 * once.
 */
abstract class TrainingStep implements Peer.Call {
  private final NDManager memory = NDManager.newBaseManager();
  private final List<Parameter> parameters = new ArrayList<>();
  private final float[] samples;
  private final Shape batchShape;
  private final int batches;
  private final ByteBuffer upload;
  private NDArray loss;
  private int steps;

  /**
   * @param samples the batches, one after another
   */
  TrainingStep(float[] samples, Shape batchShape) {
    this.samples = samples;
    this.batchShape = batchShape;
    batches = Math.toIntExact(samples.length / batchShape.size());
    upload =
        ByteBuffer.allocateDirect(Math.toIntExact(batchShape.size() * Float.BYTES))
            .order(ByteOrder.nativeOrder());
    loss = memory.zeros(new Shape());
  }

  /** Adds a parameter that SGD with momentum trains. */
  final Parameter sgd(float[] first, Shape shape, float rate, float momentum) {
    Parameter parameter = new SgdParameter(memory.create(first, shape), rate, momentum);
    parameters.add(parameter);
    return parameter;
  }

  /** Adds a parameter that Adam trains. */
  final Parameter adam(float[] first, Shape shape, float rate) {
    Parameter parameter = new AdamParameter(memory.create(first, shape), rate);
    parameters.add(parameter);
    return parameter;
  }

  /** The loss of a batch; arrays that it makes belong to {@code x}'s manager. */
  abstract NDArray loss(NDArray x);

  @Override
  public final void run() {
    int numbers = Math.toIntExact(batchShape.size());
    upload.asFloatBuffer().put(samples, steps % batches * numbers, numbers);
    steps++;
    try (NDManager temporaries = memory.newSubManager()) {
      // Shares the buffer's memory.
      NDArray x = temporaries.create(upload, batchShape, DataType.FLOAT32);
      JniUtils.setGradMode(true);
      NDArray value = loss(x);
      JniUtils.backward((PtNDArray) value, (PtNDArray) temporaries.ones(new Shape()), false, false);
      JniUtils.setGradMode(false);
      parameters.forEach(parameter -> parameter.update(steps));
      loss.close();
      loss = value.stopGradient();
      loss.attach(memory);
    }
  }

  @Override
  public final double result() {
    return loss.getFloat();
  }

  @Override
  public final void close() {
    memory.close();
  }
}
