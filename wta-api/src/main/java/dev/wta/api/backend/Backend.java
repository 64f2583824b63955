package dev.wta.api.backend;

import dev.wta.api.WtaException;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import java.util.Optional;

/**
 * Runs the operations of models on one device. Tensors and winners belong to the backend that
 * allocated them. A backend is used by one thread at a time: one from {@link Backends} throws
 * {@link IllegalStateException} if a second thread enters. It may be passed from thread to thread.
 * It uses as many threads of its own as {@link BackendOptions} gave it, and the result does not
 * depend on their number. Closing it frees everything that it still holds; every later use throws
 * {@link IllegalStateException}, and closing it again does nothing.
 *
 * <p>A backend from {@link Backends} checks the arguments of every operation before it writes
 * anything: tensors and winners are open ({@link IllegalStateException}) and their shapes agree
 * ({@link IllegalArgumentException}, naming the operation, the operand and both shapes). An
 * implementation may rely on that; it checks only that a tensor is its own.
 *
 * <p>Accuracy: a float32 sum of n terms (of gemm, convolutions, reductions and their like) is
 * within {@code (16 + 4 sqrt n) 2^-24} times the sum of its terms' magnitudes, also where all terms
 * are alike. One running float32 sum is not enough for that; partial sums are, and so is double
 * precision. (Sums that are put in an order against it, one large term before hundreds that are
 * each just under half its last place, may exceed it.) A convolution may share its rounding among
 * neighbours, as Winograd's minimal filtering does: what counts there is the largest such sum among
 * the outputs at most three positions away. Where that sum of magnitudes comes near the largest
 * float32 number, to within a factor of 64, a result may be infinite or NaN, since partial sums may
 * have left the range. Functions of one element are within {@code 2^-20}, relative or of 1,
 * whichever is more.
 */
public interface Backend extends AutoCloseable {
  /** The name that users choose it by, such as {@code cpu}. */
  String name();

  /** The device, for people: {@code AMD EPYC, 2 threads, 512-bit vectors}. */
  String device();

  /**
   * What the bits of its results depend on besides the operations, for people, such as the width of
   * vectors: two backends of one name that return the same text here compute the same results, bit
   * for bit. By default the device.
   */
  default String arithmetic() {
    return device();
  }

  Memory memory();

  Dense dense();

  Convolution convolution();

  Selection selection();

  Sparse sparse();

  Update update();

  Randomness randomness();

  /**
   * Excludes other threads until the hold is closed, so that their operations cannot come between
   * those of, for instance, a model's forward pass. A thread that holds a backend may hold it
   * again. A backend that a provider opened itself, without {@link Backends}, excludes no thread.
   *
   * <pre>{@code
   * try (var _ = backend.hold()) {
   *   ...
   * }
   * }</pre>
   *
   * @throws IllegalStateException if another thread uses the backend now; the message names it
   */
  default Hold hold() {
    return () -> {};
  }

  /**
   * Another backend over this one's memory, for a thread that runs models beside other threads. The
   * two share their tensors, but not scratch memory and threads, and both may work at the same time
   * as long as neither writes what the other reads. In it, a row of a dense product and a sample of
   * a convolution or of winners by sample do not depend on how many others are computed with them,
   * to the bit. Closing it leaves the memory open; this one is closed last.
   *
   * @param most the most threads that it uses, the caller's included; no more than this one has
   * @return empty where operations can only run one after the other
   */
  default Optional<Backend> inferenceContext(int most) {
    return Optional.empty();
  }

  /**
   * A view of this backend whose dense products may round their operands: {@link Dense#gemm}, and
   * {@link Convolution#forward}, {@link Convolution#transposed} and {@link
   * Convolution#filterGradient}. Their sums are within {@code 2 r (1 + r)} times the sum of the
   * terms' magnitudes, {@code r} the precision's {@link Precision#roundingError}, besides the error
   * of a float32 sum; below the smallest normal number an operand may count as 0. All else is what
   * this backend computes, to the bit: selection, with the products that it selects from, winners
   * and their gradients, updates, element-wise operations and reductions.
   *
   * <p>The view shares this backend's memory and threads, and the thread that holds one holds the
   * other. It is closed with this backend and needs no closing of its own. A view of it is a view
   * of this backend.
   *
   * @return this backend for {@link Precision#FLOAT32}
   * @throws WtaException if it has no such products here, with the reason and the remedy
   */
  default Backend withPrecision(Precision precision) {
    if (precision == Precision.FLOAT32) {
      return this;
    }
    throw new WtaException(
        "backend '%s' has no products in %s".formatted(name(), precision),
        "leave out 'precision', which is %s then, or choose another backend"
            .formatted(Precision.FLOAT32));
  }

  /** Ends a {@link #hold}. */
  interface Hold extends AutoCloseable {
    /** Ends the hold. Called once, by the thread that holds. */
    @Override
    void close();
  }

  @Override
  void close();
}
