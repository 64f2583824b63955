package dev.wta.spark;

import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
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
  private final boolean unseen;
  private Batch current;
  private Future<Optional<Batch>> next;

  /**
   * @param unseen whether to check that samples are finite
   */
  BatchReader(Batches batches, Dataset data, Preprocessing preprocessing, boolean unseen) {
    this.batches = batches;
    this.data = data;
    this.preprocessing = preprocessing;
    this.unseen = unseen;
    current = batches.newBatch();
    Batch first = batches.newBatch();
    next = thread.submit(() -> read(first));
  }

  private Optional<Batch> read(Batch into) {
    if (batches.remaining() == 0) {
      return Optional.empty();
    }
    batches.next(into);
    if (unseen) {
      into.requireFinite(data);
    }
    preprocessing.apply(into.values(), into.count(), data.sampleShape());
    return Optional.of(into);
  }

  /** The next batch, pre-processed, until the next call; empty at the epoch's end. */
  Optional<Batch> next() {
    try {
      Optional<Batch> ready = next.get();
      if (ready.isPresent()) {
        Batch free = current;
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
