package dev.wta.backend.cpu.bf16;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A worker's products, prepared once for each shape. */
public final class PreparedProducts implements AutoCloseable {
  /** Shapes beyond which all are given up: a training has a few. */
  private static final int SHAPES = 64;

  private final Bf16Accelerator accelerator;
  private final Map<Record, Bf16Accelerator.Product> products = new HashMap<>();

  public PreparedProducts(Bf16Accelerator accelerator) {
    this.accelerator = accelerator;
  }

  public Bf16Accelerator.Product of(Bf16Accelerator.Shape shape) {
    return of(shape, () -> accelerator.product(shape));
  }

  public Bf16Accelerator.Product of(Bf16Accelerator.Convolution shape) {
    return of(shape, () -> accelerator.convolution(shape));
  }

  private Bf16Accelerator.Product of(Record shape, Supplier<Bf16Accelerator.Product> prepare) {
    if (products.size() >= SHAPES && !products.containsKey(shape)) {
      close();
    }
    return products.computeIfAbsent(shape, _ -> prepare.get());
  }

  /** Frees them; what is asked for afterwards is prepared again. */
  @Override
  public void close() {
    products.values().forEach(Bf16Accelerator.Product::close);
    products.clear();
  }
}
