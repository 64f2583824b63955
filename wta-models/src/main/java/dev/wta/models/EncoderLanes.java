package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.models.autodiff.DerivedTensors;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The lanes of an {@link Encoder}. On a backend with inference contexts each request takes a lane
 * that no other uses, on the caller's thread, and there are as many as there ever were requests at
 * once; a large request takes the one lane with all threads, if it is free. On other backends there
 * is one lane, and requests wait for one another.
 */
final class EncoderLanes implements AutoCloseable {
  private static final int ALL = Integer.MAX_VALUE;

  private final Backend backend;
  private final DerivedTensors derived = new DerivedTensors();
  private final ConcurrentLinkedDeque<Lane> idle = new ConcurrentLinkedDeque<>();
  private final Lock wideLock = new ReentrantLock();
  private final boolean concurrent;
  private final Semaphore requests = new Semaphore(ALL);
  private Optional<Lane> wide = Optional.empty(); // guarded by wideLock
  private volatile boolean closed;

  /** A lane and, if it is the lane's own, its backend. */
  private record Lane(EncoderLane lane, Optional<Backend> own) implements AutoCloseable {
    @Override
    public void close() {
      lane.close();
      own.ifPresent(Backend::close);
    }
  }

  EncoderLanes(Backend backend) {
    this.backend = backend;
    Optional<Lane> first = newLane(1);
    concurrent = first.isPresent();
    first.ifPresent(idle::push);
  }

  private Optional<Lane> newLane(int threads) {
    return backend
        .inferenceContext(threads)
        .map(own -> new Lane(new EncoderLane(own, derived), Optional.of(own)));
  }

  /**
   * Runs a request.
   *
   * @param large whether all threads together are worth it
   * @throws IllegalStateException if the lanes are closed
   */
  void run(boolean large, Consumer<EncoderLane> request) {
    if (closed || !requests.tryAcquire()) {
      throw new IllegalStateException(
          "the encoder is closed; close it after the last request, or open another one");
    }
    try {
      if (!concurrent) {
        wideLock.lock();
        runWide(request);
      } else if (large && wideLock.tryLock()) {
        runWide(request);
      } else {
        runAlone(request);
      }
    } finally {
      requests.release();
    }
  }

  /** By whoever has the lock, which is given back. */
  private void runWide(Consumer<EncoderLane> request) {
    try {
      if (wide.isEmpty()) {
        wide =
            concurrent
                ? newLane(ALL)
                : Optional.of(new Lane(new EncoderLane(backend, derived), Optional.empty()));
      }
      request.accept(wide.get().lane());
    } finally {
      wideLock.unlock();
    }
  }

  private void runAlone(Consumer<EncoderLane> request) {
    Lane taken = idle.poll();
    Lane lane = taken == null ? newLane(1).orElseThrow() : taken;
    try {
      request.accept(lane.lane());
    } finally {
      idle.push(lane);
    }
  }

  /** Refuses further requests, waits for those that run, and frees all. Called once. */
  @Override
  public void close() {
    closed = true;
    requests.acquireUninterruptibly(ALL);
    idle.forEach(Lane::close);
    wide.ifPresent(Lane::close);
    derived.close();
  }
}
