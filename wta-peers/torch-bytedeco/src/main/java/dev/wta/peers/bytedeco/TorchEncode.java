package dev.wta.peers.bytedeco;

import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.Peer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The encoder and its winners, as values and places. */
final class TorchEncode implements Peer.Call {
  private final Tensor images;
  private final Tensor weights;
  private final Tensor biases = torch.zeros(FcStep.UNITS);
  private final TensorOptional bias = new TensorOptional(biases);
  private final Tensor values = torch.empty(FcStep.WINNERS, FcStep.UNITS);
  private final Tensor places;

  TorchEncode(EncodeWorkload workload) {
    images = Tensors.of(workload.images(), FcStep.BATCH, FcStep.INPUTS);
    weights = Tensors.of(workload.weights(), FcStep.UNITS, FcStep.INPUTS);
    try (ScalarTypeOptional integers = new ScalarTypeOptional(torch.ScalarType.Long);
        TensorOptions options = new TensorOptions().dtype(integers)) {
      places = torch.empty(new long[] {FcStep.WINNERS, FcStep.UNITS}, options, null);
    }
  }

  @Override
  @SuppressWarnings("try") // the guard is there to be closed
  public void run() {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor code = torch.linear(images, weights, bias).relu_();
      torch.topk_out(values, places, code, FcStep.WINNERS, 0, true, false);
    }
  }

  @Override
  public double result() {
    return Tensors.sumOfAbsoluteValues(values);
  }

  @Override
  public void close() {
    images.close();
    weights.close();
    bias.close();
    biases.close();
    values.close();
    places.close();
  }
}
