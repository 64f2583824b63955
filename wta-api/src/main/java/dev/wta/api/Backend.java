package dev.wta.api;

/**
 * Runs the operations of models on one device. Tensors and winners belong to the backend that
 * allocated them. A backend is used by one thread at a time; it uses as many of its own as {@link
 * BackendOptions} gave it, and the result does not depend on their number. Closing it frees
 * everything that it still holds; from then on whatever would use it throws {@link
 * IllegalStateException}, and closing it again does nothing.
 *
 * <p>Every operation checks its arguments with {@link Operands} or {@link SparseOperands} before it
 * writes anything.
 *
 * <p>How exact: a float32 sum of n terms (of gemm, convolutions, reductions and their like) is
 * within {@code (16 + 4 sqrt n) 2^-24} times the sum of its terms' magnitudes, also where all terms
 * are alike. One running float32 sum is not enough for that; partial sums are, and so is double
 * precision. A convolution may share its rounding among neighbours, as Winograd's minimal filtering
 * does: what counts there is the largest such sum among the outputs at most three positions away.
 * Functions of one element are within {@code 2^-20}, relative or of 1, whichever is more.
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
