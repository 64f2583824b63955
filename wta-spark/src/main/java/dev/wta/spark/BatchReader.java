package dev.wta.spark;

import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Target;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads an epoch's batches on a thread of its own, one ahead of the training: the next batch is
 * exchanged and pre-processed while the last step computes.
 */
final class BatchReader implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("wta-samples").factory());
  private final Batches batches;
  private final Dataset data;
  private final Preprocessing preprocessing;
  private final Optional<Target> target;
  private Rows current;
  private Future<Optional<Rows>> next;

  /**
   * What a step learns from.
   *
   * @param samples pre-processed
   * @param targets a transcoder's, of the same rows, pre-processed
   */
  record Rows(Batch samples, Optional<Batch> targets) {}

  /**
   * @param data what the batches are of
   * @param target a transcoder's
   */
  BatchReader(Batches batches, Dataset data, Preprocessing preprocessing, Optional<Target> target) {
    this.batches = batches;
    this.data = data;
    this.preprocessing = preprocessing;
    this.target = target;
    current = room();
    Rows first = room();
    next = thread.submit(() -> read(first));
  }

  private Rows room() {
    Batch samples = batches.newBatch();
    return new Rows(samples, target.map(to -> new Batch(samples.capacity(), to.shape())));
  }

  private Optional<Rows> read(Rows into) {
    if (batches.remaining() == 0) {
      return Optional.empty();
    }
    Batch samples = into.samples();
    batches.next(samples);
    preprocessing.apply(samples.values(), samples.count(), data.sampleShape());
    target.ifPresent(to -> to.read(samples, into.targets().orElseThrow(), false));
    return Optional.of(into);
  }

  /** The next batch, until the next call; empty at the epoch's end. */
  Optional<Rows> next() {
    try {
      Optional<Rows> ready = next.get();
      if (ready.isPresent()) {
        Rows free = current;
        current = ready.get();
        next = thread.submit(() -> read(free));
      }
      return ready;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}
