package dev.wta.peers.bytedeco;

import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The product, into memory that exists. */
final class TorchGemm implements Peer.Call {
  private final Tensor a;
  private final Tensor b;
  private final Tensor product;

  TorchGemm(GemmWorkload workload) {
    a = Tensors.of(workload.a(), GemmWorkload.M, GemmWorkload.K);
    b = Tensors.of(workload.b(), GemmWorkload.K, GemmWorkload.N);
    product = torch.empty(GemmWorkload.M, GemmWorkload.N);
  }

  @Override
  @SuppressWarnings("try") // the guard is there to be closed
  public void run() {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      torch.mm_out(product, a, b);
    }
  }

  @Override
  public double result() {
    return Tensors.sumOfAbsoluteValues(product);
  }

  @Override
  public void close() {
    a.close();
    b.close();
    product.close();
  }
}
