package dev.wta.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the pieces of an operation on a fixed set of threads, the caller among them. Pieces are
 * claimed in order by whichever thread is free; an operation cuts its work the same way whatever
 * the number of threads, and no two pieces write the same number, so results do not depend on who
 * ran what.
 */
final class Workers implements AutoCloseable {

  /** One piece of an operation. */
  @FunctionalInterface
  interface Piece {
    /**
     * @param index which piece, from 0
     * @param worker which thread runs it, for its scratch memory
     */
    void run(int index, int worker);
  }

  /**
   * How often a thread looks for news before it sleeps: some ten microseconds, the gap between
   * operations.
   */
  private static final int SPINS = 400;

  private final Thread[] threads;
  private final Sleeper[] sleepers;
  private volatile Job job;
  private volatile boolean closed;

  /**
   * @param count the threads to use, the caller included
   */
  Workers(int count) {
    threads = new Thread[count - 1];
    sleepers = new Sleeper[count - 1];
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      Sleeper sleeper = new Sleeper();
      sleepers[i] = sleeper;
      threads[i] = new Thread(() -> work(worker, sleeper), "wta-cpu-" + worker);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  int count() {
    return threads.length + 1;
  }

  /**
   * Runs pieces 0 to {@code pieces - 1} and returns when all are done. The first exception that a
   * piece throws is thrown here, after the others have finished; pieces that had not begun are left
   * out.
   */
  void run(int pieces, Piece piece) {
    if (pieces <= 1 || threads.length == 0) {
      for (int i = 0; i < pieces; i++) {
        piece.run(i, 0);
      }
      return;
    }
    Job mine = new Job(piece, pieces, Thread.currentThread());
    job = mine;
    for (int i = 0; i < Math.min(threads.length, pieces - 1); i++) {
      if (sleepers[i].asleep) {
        LockSupport.unpark(threads[i]);
      }
    }
    mine.work(0);
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
        current.work(worker);
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

  private static final class Sleeper {
    volatile boolean asleep;
  }

  private static final class Job {
    private final Piece piece;
    private final int pieces;
    private final Thread caller;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private volatile boolean callerSleeps;
    private volatile Throwable failure;

    Job(Piece piece, int pieces, Thread caller) {
      this.piece = piece;
      this.pieces = pieces;
      this.caller = caller;
    }

    void work(int worker) {
      for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
        if (failure == null) {
          try {
            piece.run(i, worker);
          } catch (Throwable thrown) {
            failure = thrown;
          }
        }
        if (finished.incrementAndGet() == pieces && callerSleeps) {
          LockSupport.unpark(caller);
        }
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
