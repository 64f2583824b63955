package dev.wta.peers.nd4j;

import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The product, into memory that exists. */
final class Nd4jGemm implements Peer.Call {
  private final Memory memory = new Memory();
  private final INDArray a;
  private final INDArray b;
  private final INDArray product;

  Nd4jGemm(GemmWorkload workload) {
    a = memory.of(workload.a(), GemmWorkload.M, GemmWorkload.K);
    b = memory.of(workload.b(), GemmWorkload.K, GemmWorkload.N);
    product = memory.zeros(GemmWorkload.M, GemmWorkload.N);
  }

  @Override
  public void run() {
    Nd4j.gemm(a, b, product, false, false, 1, 0);
  }

  @Override
  public double result() {
    return Memory.sumOfAbsoluteValues(product);
  }

  @Override
  public void close() {
    memory.close();
  }
}
