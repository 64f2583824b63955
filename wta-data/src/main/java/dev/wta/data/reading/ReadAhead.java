package dev.wta.data.reading;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.BatchSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the next batch on a thread of its own while the one before is used. Which samples come in
 * which order is up to the {@link BatchSource}: results do not depend on the speed of either side.
 *
 * <pre>{@code
 * ahead.begin(batches);
 * for (Optional<Batch> batch = ahead.next(); batch.isPresent(); batch = ahead.next()) {
 *   step(batch.get());
 * }
 * }</pre>
 */
public final class ReadAhead implements AutoCloseable {
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("wta-reader").factory());
  private Batch used;
  private Batch filled;
  private BatchSource batches;
  private CompletableFuture<State> reading = CompletableFuture.completedFuture(State.ENDED);
  private boolean more;
  private long waited;
  private long samples;
  private final AtomicLong readFor = new AtomicLong(); // nanoseconds

  /**
   * What was read.
   *
   * @param found whether there was a batch
   * @param more whether there are others behind it
   */
  private record State(boolean found, boolean more) {
    static final State ENDED = new State(false, false);
  }

  /** Room for two batches of {@code capacity} samples of that shape. */
  public ReadAhead(int capacity, Shape sample) {
    used = new Batch(capacity, sample);
    filled = new Batch(capacity, sample);
  }

  /**
   * Starts reading batches, such as those of an epoch. Until all are read or this is closed,
   * nothing else may use them.
   */
  public void begin(BatchSource batches) {
    finishReading();
    this.batches = batches;
    read();
  }

  private void read() {
    Batch target = filled;
    reading =
        CompletableFuture.supplyAsync(
            () -> {
              long begun = System.nanoTime();
              boolean found = batches.next(target);
              readFor.addAndGet(System.nanoTime() - begun);
              return new State(found, batches.more());
            },
            reader);
  }

  /**
   * The next batch, to be used until the next call; empty where there are no more.
   *
   * @throws RuntimeException what reading it threw
   */
  public Optional<Batch> next() {
    long begun = System.nanoTime();
    State state = result();
    waited += System.nanoTime() - begun;
    more = state.more();
    if (!state.found()) {
      return Optional.empty();
    }
    Batch ready = filled;
    filled = used;
    used = ready;
    samples += ready.count();
    if (more) {
      read();
    } else {
      reading = CompletableFuture.completedFuture(State.ENDED);
    }
    return Optional.of(ready);
  }

  private State result() {
    try {
      return reading.join();
    } catch (CompletionException failed) {
      reading = CompletableFuture.completedFuture(State.ENDED);
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw failed;
      }
    }
  }

  /** Whether there are batches after the one that {@link #next} returned last. */
  public boolean more() {
    return more;
  }

  /**
   * The speed of reading, and the time spent waiting for it.
   *
   * @param rate samples read a second of reading
   * @param waited seconds in {@link #next} without a batch that was ready
   */
  public record Throughput(double rate, double waited) {}

  /** The throughput since the last call; at the first call, since the beginning. */
  public Throughput throughput() {
    Throughput measured =
        new Throughput(samples * 1e9 / Math.max(1, readFor.getAndSet(0)), waited * 1e-9);
    samples = 0;
    waited = 0;
    return measured;
  }

  /** Waits until nobody reads; what was read stays, as does what went wrong. */
  private void finishReading() {
    reading.handle((_, _) -> true).join();
  }

  /** Waits for what is being read. */
  @Override
  public void close() {
    finishReading();
    reader.shutdown();
  }
}
