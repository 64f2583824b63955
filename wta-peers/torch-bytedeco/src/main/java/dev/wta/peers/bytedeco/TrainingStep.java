package dev.wta.peers.bytedeco;

import dev.wta.workloads.Peer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A step of training: upload of a batch, forward pass, gradients by autograd, update. */
abstract class TrainingStep implements Peer.Call {
  private final List<Parameter> parameters = new ArrayList<>();
  private final float[] samples;
  private final Tensor x;
  private double loss;
  private long steps;

  /**
   * @param samples the batches, one after another
   */
  TrainingStep(float[] samples, long... batchShape) {
    this.samples = samples;
    x = torch.empty(batchShape);
  }

  /** Adds a parameter that SGD with momentum trains. */
  final Parameter sgd(float rate, float momentum, float[] first, long... shape) {
    return add(Parameter.sgd(Tensors.of(first, shape), rate, momentum));
  }

  /** Adds a parameter that Adam trains. */
  final Parameter adam(float rate, float[] first, long... shape) {
    return add(Parameter.adam(Tensors.of(first, shape), rate));
  }

  private Parameter add(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** The loss of a batch. */
  abstract Tensor loss(Tensor x);

  @Override
  @SuppressWarnings("try") // the guard is there to be closed
  public final void run() {
    Tensors.upload(samples, (int) (steps * x.numel() % samples.length), x);
    steps++;
    try (PointerScope _ = new PointerScope()) {
      Tensor value = loss(x);
      value.backward();
      try (NoGradGuard _ = new NoGradGuard()) {
        parameters.forEach(Parameter::update);
      }
      loss = value.item_float();
    }
  }

  @Override
  public final double result() {
    return loss;
  }

  @Override
  public final void close() {
    parameters.forEach(Parameter::close);
    x.close();
  }
}
