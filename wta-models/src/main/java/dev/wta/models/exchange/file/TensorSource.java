package dev.wta.models.exchange.file;

import dev.wta.api.tensor.Shape;
import java.util.Set;

/** Named tensors, wherever they are kept. Closing it closes the file. */
public interface TensorSource extends AutoCloseable {
  Set<String> names();

  /** The shape of a tensor of that name. */
  Shape shape(String name);

  /** Its numbers, row-major, each the nearest float32. */
  float[] values(String name);

  @Override
  void close();
}
