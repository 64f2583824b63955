package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.DerivedTensors;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The lanes of an {@link Encoder}. On a backend with inference contexts each request takes a lane
 * that no other uses, on the caller's thread; of the lanes that requests at once have needed, some
 * for each processor are kept. A large request takes the one lane with all threads, if it is free.
 * On other backends there is one lane, and requests wait for one another.
 */
final class EncoderLanes implements AutoCloseable {
  private static final int ALL = Integer.MAX_VALUE;

  /**
   * Idle lanes that are kept: more requests than this at once are rare, and wait for processors.
   */
  static final int MOST_IDLE = 4 * Runtime.getRuntime().availableProcessors();

  private final Backend backend;
  private final DerivedTensors derived = new DerivedTensors();
  private final ConcurrentLinkedDeque<Lane> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger idleLanes = new AtomicInteger();
  private final Lock wideLock = new ReentrantLock();
  private final boolean concurrent;
  private final Semaphore requests = new Semaphore(ALL);
  private Optional<Lane> wide = Optional.empty(); // guarded by wideLock
  private volatile boolean closed;

  /** What a request runs on, one at a time: a tape and room for samples. */
  static final class Lane implements AutoCloseable {
    /** The largest number of batch sizes whose temporaries are kept. */
    private static final int MOST_SIZES = 4;

    private final Backend backend;
    private final boolean owned;
    private final Tape tape;
    private final Set<Integer> sizes = new HashSet<>();
    private float[] host = {};

    Lane(Backend backend, DerivedTensors derived, boolean owned) {
      this.backend = backend;
      this.owned = owned;
      this.tape = Tape.frozen(backend, derived);
    }

    /** A forward pass. */
    @FunctionalInterface
    interface Pass {
      /**
       * Runs.
       *
       * @param x {@code (rows, width)}
       */
      Variable of(Tape tape, Tensor x);
    }

    /** An array of at least {@code length} floats, with arbitrary content. */
    float[] host(int length) {
      if (host.length < length) {
        host = new float[length];
      }
      return host;
    }

    /**
     * Runs a pass over rows.
     *
     * @param x {@code (rows, width)}
     * @param out where all of the result's numbers are written, from {@code at} on
     */
    void run(float[] x, int rows, int width, Pass pass, float[] out, int at) {
      if (sizes.add(rows) && sizes.size() > MOST_SIZES) {
        tape.close(); // frees the temporaries; new ones are allocated
        sizes.clear();
        sizes.add(rows);
      }
      try (var _ = backend.hold()) {
        try {
          Tensor input = tape.temporary(Shape.of(rows, width));
          backend.memory().upload(x, 0, input);
          backend.memory().download(pass.of(tape, input).value(), out, at);
        } finally {
          tape.reset(0);
        }
      }
    }

    @Override
    public void close() {
      tape.close();
      if (owned) {
        backend.close();
      }
    }
  }

  EncoderLanes(Backend backend) {
    this.backend = backend;
    Optional<Lane> first = newLane(1);
    concurrent = first.isPresent();
    first.ifPresent(this::release);
  }

  private Optional<Lane> newLane(int threads) {
    return backend.inferenceContext(threads).map(own -> new Lane(own, derived, true));
  }

  /**
   * Runs a request.
   *
   * @param large whether all threads together are worth it
   * @throws IllegalStateException if the lanes are closed
   */
  void run(boolean large, Consumer<Lane> request) {
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

  /** Runs a request on the lane with all threads, and releases its lock, which the caller holds. */
  private void runWide(Consumer<Lane> request) {
    try {
      if (wide.isEmpty()) {
        wide = concurrent ? newLane(ALL) : Optional.of(new Lane(backend, derived, false));
      }
      request.accept(wide.get());
    } finally {
      wideLock.unlock();
    }
  }

  private void runAlone(Consumer<Lane> request) {
    Lane lane = idleLane();
    try {
      request.accept(lane);
    } finally {
      release(lane);
    }
  }

  private Lane idleLane() {
    Lane lane = idle.poll();
    if (lane == null) {
      return newLane(1).orElseThrow();
    }
    idleLanes.decrementAndGet();
    return lane;
  }

  private void release(Lane lane) {
    if (idleLanes.incrementAndGet() <= MOST_IDLE) {
      idle.push(lane);
    } else {
      idleLanes.decrementAndGet();
      lane.close();
    }
  }

  /** How many lanes wait for requests. */
  int idle() {
    return idleLanes.get();
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
