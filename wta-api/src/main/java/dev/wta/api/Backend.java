package dev.wta.api;

/**
 * Runs the operations of models on one device. Tensors and winners belong to the backend that
 * allocated them. A backend is used by one thread at a time; it uses as many of its own as {@link
 * BackendOptions} gave it, and the result does not depend on their number. Closing it frees
 * everything that it still holds.
 */
public interface Backend extends AutoCloseable {
  /** The name that users choose it by, such as {@code cpu}. */
  String name();

  /** The device, for people: {@code AMD EPYC, 2 threads, 512-bit vectors}. */
  String device();

  Memory memory();

  Dense dense();

  Convolution convolution();

  Competition competition();

  Sparse sparse();

  Update update();

  Randomness randomness();

  @Override
  void close();
}
