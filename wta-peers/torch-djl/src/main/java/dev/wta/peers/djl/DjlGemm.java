package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;

/** The product; DJL has no form that writes into memory that exists. */
final class DjlGemm implements Peer.Call {
  private final NDManager memory = NDManager.newBaseManager();
  private final NDArray a;
  private final NDArray b;
  private NDArray product;

  DjlGemm(GemmWorkload workload) {
    a = memory.create(workload.a(), new Shape(GemmWorkload.M, GemmWorkload.K));
    b = memory.create(workload.b(), new Shape(GemmWorkload.K, GemmWorkload.N));
    product = a.matMul(b);
  }

  @Override
  public void run() {
    product.close();
    product = a.matMul(b);
  }

  @Override
  public double result() {
    return Sums.ofAbsoluteValues(product);
  }

  @Override
  public void close() {
    memory.close();
  }
}
