package dev.wta.backend.cpu.bf16;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;

/** What a worker keeps from piece to piece: its prepared products, and memory off the heap. */
final class RoundingWorker implements AutoCloseable {
  final PreparedProducts products;
  final NativeBuffer operand = new NativeBuffer();
  final NativeBuffer other = new NativeBuffer();
  final NativeBuffer result = new NativeBuffer();

  RoundingWorker(Bf16Accelerator accelerator) {
    products = new PreparedProducts(accelerator);
  }

  @Override
  public void close() {
    products.close();
    operand.close();
    other.close();
    result.close();
  }
}
