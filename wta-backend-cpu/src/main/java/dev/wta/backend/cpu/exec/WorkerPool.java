package dev.wta.backend.cpu.exec;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Runs the pieces of an operation on a fixed set of threads, the caller among them. No two pieces
 * write the same number, and an operation cuts the terms of a sum the same way whatever the number
 * of threads, so results do not depend on which thread ran which piece.
 *
 * <p>Each thread begins with a share of its own, a run of neighbouring pieces, and takes from the
 * others' shares once it is done. So a thread reads the same rows of a matrix in one operation
 * after the other, and finds them in its core's caches: where two cores do not share a last-level
 * cache, fetching what the other one wrote is slower than memory.
 */
public final class WorkerPool implements AutoCloseable {

  /** One piece of an operation. */
  @FunctionalInterface
  public interface Piece {
    /**
     * @param index which piece, from 0
     * @param worker which thread runs it, for its scratch memory
     */
    void run(int index, int worker);
  }

  /**
   * How often a thread looks for work before it sleeps: some ten microseconds, the gap between
   * operations.
   */
  private static final int SPINS = 400;

  /** From one thread's share to the next: two cache lines, which the processor fetches together. */
  private static final int SPACING = 16;

  private final Thread[] threads;
  private final Sleeper[] sleepers;

  /**
   * For each thread's share the job that it belongs to, above, and the next piece that nobody has
   * claimed, below: a thread that is late for a job finds nothing of it left.
   */
  private final AtomicLongArray shares;

  private int jobs;
  private IntConsumer observer = pieces -> {};
  private volatile Job job;
  private volatile boolean closed;

  /**
   * @param count the threads to use, the caller included
   */
  WorkerPool(int count) {
    threads = new Thread[count - 1];
    sleepers = new Sleeper[count - 1];
    shares = new AtomicLongArray(count * SPACING);
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      Sleeper sleeper = new Sleeper();
      sleepers[i] = sleeper;
      threads[i] = new Thread(() -> work(worker, sleeper), "wta-cpu-" + worker);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  public int count() {
    return threads.length + 1;
  }

  /** Reports the number of pieces of each operation to {@code observer} from now on. */
  public void observe(IntConsumer observer) {
    this.observer = observer;
  }

  /**
   * Runs pieces 0 to {@code pieces - 1} and returns when all are done. The first exception that a
   * piece throws is thrown here, after the others have finished; pieces that had not begun are left
   * out.
   */
  public void run(int pieces, Piece piece) {
    observer.accept(pieces);
    if (pieces <= 1 || threads.length == 0) {
      for (int i = 0; i < pieces; i++) {
        piece.run(i, 0);
      }
      return;
    }
    Job mine = new Job(piece, pieces, ++jobs, Thread.currentThread());
    for (int share = 0; share < count(); share++) {
      shares.setRelease(share * SPACING, mine.number << Integer.SIZE | start(share, pieces));
    }
    job = mine;
    for (int i = 0; i < Math.min(threads.length, pieces - 1); i++) {
      if (sleepers[i].asleep) {
        LockSupport.unpark(threads[i]);
      }
    }
    work(mine, 0);
    mine.await();
    job = null;
    mine.rethrow();
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(int worker, Sleeper sleeper) {
    Job done = null;
    int idle = 0;
    while (!closed) {
      Job current = job;
      if (current != null && current != done) {
        work(current, worker);
        done = current;
        idle = 0;
      } else if (++idle < SPINS) {
        Thread.onSpinWait();
      } else {
        done = null;
        sleeper.asleep = true;
        if (job == current && !closed) {
          LockSupport.park(this);
        }
        sleeper.asleep = false;
        idle = 0;
      }
    }
  }

  private void work(Job current, int worker) {
    for (int i = 0; i < count(); i++) {
      int share = (worker + i) % count();
      for (int piece = claim(current, share); piece >= 0; piece = claim(current, share)) {
        current.run(piece, worker);
      }
    }
  }

  /** The next piece of a share; -1 if there is none left. */
  private int claim(Job current, int share) {
    int end = start(share + 1, current.pieces);
    while (true) {
      long state = shares.get(share * SPACING);
      int next = (int) state;
      if (state >>> Integer.SIZE != current.number || next >= end) {
        return -1;
      }
      if (shares.weakCompareAndSetVolatile(share * SPACING, state, state + 1)) {
        return next;
      }
    }
  }

  /** The first piece of a share. */
  private int start(int share, int pieces) {
    return (int) ((long) pieces * share / count());
  }

  private static final class Sleeper {
    volatile boolean asleep;
  }

  private static final class Job {
    private final Piece piece;
    private final int pieces;
    private final long number; // without a sign
    private final Thread caller;
    private final AtomicInteger finished = new AtomicInteger();
    private volatile boolean callerSleeps;
    private volatile Throwable failure;

    Job(Piece piece, int pieces, int number, Thread caller) {
      this.piece = piece;
      this.pieces = pieces;
      this.number = Integer.toUnsignedLong(number);
      this.caller = caller;
    }

    void run(int index, int worker) {
      if (failure == null) {
        try {
          piece.run(index, worker);
        } catch (Throwable thrown) {
          failure = thrown;
        }
      }
      if (finished.incrementAndGet() == pieces && callerSleeps) {
        LockSupport.unpark(caller);
      }
    }

    void await() {
      for (int i = 0; i < SPINS && finished.get() < pieces; i++) {
        Thread.onSpinWait();
      }
      callerSleeps = true;
      while (finished.get() < pieces) {
        LockSupport.park(this);
      }
    }

    void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException exception -> throw exception;
        case Error error -> throw error;
        case Throwable other -> throw new IllegalStateException("a worker failed", other);
      }
    }
  }
}
