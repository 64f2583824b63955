package dev.wta.models.autodiff;

import dev.wta.api.tensor.Tensor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A cache of values that depend on parameters alone, such as the lengths of a decoder's rows: kept
 * while the parameters are frozen. Safe for threads; each tensor is computed by one of them.
 */
public final class DerivedTensors implements AutoCloseable {
  /** Tensors are compared by identity. */
  private record Key(Tensor source, String what) {}

  private final Map<Key, Tensor> tensors = new ConcurrentHashMap<>();

  Tensor of(Tensor source, String what, Supplier<Tensor> room, Consumer<Tensor> compute) {
    Key key = new Key(source, what);
    Tensor known = tensors.get(key);
    return known != null ? known : tensors.computeIfAbsent(key, _ -> computed(room, compute));
  }

  private static Tensor computed(Supplier<Tensor> room, Consumer<Tensor> compute) {
    Tensor tensor = room.get();
    try {
      compute.accept(tensor);
      return tensor;
    } catch (RuntimeException failed) {
      tensor.close();
      throw failed;
    }
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    tensors.clear();
  }
}
