package dev.wta.models.exchange.file;

import dev.wta.api.tensor.Shape;
import java.util.Set;
import java.util.function.LongConsumer;

/** Named tensors, wherever they are kept. Closing it closes the file. */
public interface TensorSource extends AutoCloseable {
  Set<String> names();

  /** The shape of a tensor of that name. */
  Shape shape(String name);

  /**
   * Its numbers, row-major, each the nearest float32.
   *
   * @param read receives the number of values read since its last call
   */
  float[] values(String name, LongConsumer read);

  /** As {@link #values(String, LongConsumer)}, without a listener. */
  default float[] values(String name) {
    return values(name, _ -> {});
  }

  @Override
  void close();
}
