package dev.wta.backend.cpu.exec;

/**
 * What every operation runs on: the threads, and scratch memory for each of them and for the
 * operation as a whole. Scratch arrays grow to the largest that was asked for and are kept, so the
 * steady state allocates none.
 */
public final class Execution implements AutoCloseable {
  /** Elements that are worth a piece of their own in operations bound by memory. */
  public static final int GRAIN = 1 << 13;

  public final WorkerPool workers;

  /**
   * Whether a row of a result must not depend on how many other rows there are, to the bit: kernels
   * that sum in another order where rows are few are then left out.
   */
  public final boolean rowsAlone;

  /**
   * The operation's own scratch memory, for the calling thread to lay out and the pieces to share.
   */
  public final Scratch shared = new Scratch();

  private final Scratch[] scratch;

  public Execution(int threads, boolean rowsAlone) {
    this.rowsAlone = rowsAlone;
    workers = new WorkerPool(threads);
    scratch = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      scratch[i] = new Scratch();
    }
  }

  /** The scratch memory of a worker. */
  public Scratch scratch(int worker) {
    return scratch[worker];
  }

  /** A run of consecutive elements, or rows. */
  @FunctionalInterface
  public interface Range {
    void run(int from, int to, int worker);
  }

  /** Cuts {@code count} elements into pieces of {@code grain} and runs them. */
  public void split(int count, int grain, Range range) {
    workers.run(
        Math.ceilDiv(count, grain),
        (piece, worker) -> range.run(piece * grain, Math.min(count, (piece + 1) * grain), worker));
  }

  /**
   * Cuts rows of {@code rowSize} elements into pieces of about {@link #GRAIN} elements and runs
   * them.
   */
  public void splitRows(int rows, long rowSize, Range range) {
    split(rows, (int) Math.max(1, GRAIN / Math.max(1, rowSize)), range);
  }

  @Override
  public void close() {
    workers.close();
  }
}
