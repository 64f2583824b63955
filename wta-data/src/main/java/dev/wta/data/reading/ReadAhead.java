package dev.wta.data.reading;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the next batch on a thread of its own while the one before is used. Which samples come in
 * which order is up to the {@link Batches}: not a bit depends on how fast either side is.
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
  private Batches batches;
  private CompletableFuture<Boolean> reading = CompletableFuture.completedFuture(false);
  private int remaining;
  private long waited;
  private long samples;
  private final AtomicLong readFor = new AtomicLong(); // nanoseconds

  /** Room for two batches of {@code capacity} samples of that shape. */
  public ReadAhead(int capacity, Shape sample) {
    used = new Batch(capacity, sample);
    filled = new Batch(capacity, sample);
  }

  /**
   * Begins to read batches, an epoch's for example. Nobody else uses them until they are all read
   * or this is closed.
   */
  public void begin(Batches batches) {
    finishReading();
    this.batches = batches;
    remaining = batches.remaining();
    read();
  }

  private void read() {
    Batch target = filled;
    reading =
        CompletableFuture.supplyAsync(
            () -> {
              long begun = System.nanoTime();
              boolean more = batches.next(target);
              readFor.addAndGet(System.nanoTime() - begun);
              return more;
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
    boolean more = result();
    waited += System.nanoTime() - begun;
    if (!more) {
      return Optional.empty();
    }
    Batch ready = filled;
    filled = used;
    used = ready;
    remaining -= ready.count();
    samples += ready.count();
    if (remaining > 0) {
      read();
    } else {
      reading = CompletableFuture.completedFuture(false);
    }
    return Optional.of(ready);
  }

  private boolean result() {
    try {
      return reading.join();
    } catch (CompletionException failed) {
      reading = CompletableFuture.completedFuture(false);
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw failed;
      }
    }
  }

  /** How many samples the batches to come have. */
  public int remaining() {
    return remaining;
  }

  /**
   * How reading kept up since the last call.
   *
   * @param rate samples read a second of reading
   * @param waited the seconds for which the next batch was waited for
   */
  public record Pace(double rate, double waited) {}

  /** {@link Pace} since the last call, or the beginning. */
  public Pace pace() {
    Pace pace = new Pace(samples * 1e9 / Math.max(1, readFor.getAndSet(0)), waited * 1e-9);
    samples = 0;
    waited = 0;
    return pace;
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
