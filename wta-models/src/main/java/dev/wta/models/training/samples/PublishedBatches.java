package dev.wta.models.training.samples;

import dev.wta.api.WtaException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The batches of a {@code Flow.Publisher}, requested one at a time: at most one waits here, so a
 * publisher that heeds requests never runs ahead of training.
 */
final class PublishedBatches implements Flow.Subscriber<float[][]>, Iterator<float[][]> {
  private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private Optional<Signal> next = Optional.empty();
  private volatile Flow.Subscription subscription;

  private sealed interface Signal {}

  private record Arrived(Optional<float[][]> batch) implements Signal {}

  private record Ended(Optional<Throwable> failure) implements Signal {}

  /** Subscribes to a publisher. */
  static PublishedBatches of(Flow.Publisher<float[][]> publisher) {
    PublishedBatches batches = new PublishedBatches();
    publisher.subscribe(batches);
    return batches;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(float[][] batch) {
    signals.add(new Arrived(Optional.ofNullable(batch)));
  }

  @Override
  public void onError(Throwable failure) {
    signals.add(new Ended(Optional.of(failure)));
  }

  @Override
  public void onComplete() {
    signals.add(new Ended(Optional.empty()));
  }

  /**
   * Waits for the next batch or the end.
   *
   * @throws WtaException if the publisher has failed, or the waiting is interrupted
   */
  @Override
  public boolean hasNext() {
    try {
      if (next.isEmpty()) {
        next = Optional.of(signals.take());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new WtaException("the wait for batches was interrupted", "train again", interrupted);
    }
    return switch (next.get()) {
      case Arrived _ -> true;
      case Ended end -> {
        end.failure()
            .ifPresent(
                failure -> {
                  throw new WtaException(
                      "the publisher of the batches has failed: " + failure,
                      "see what it reads from",
                      failure);
                });
        yield false;
      }
    };
  }

  @Override
  public float[][] next() {
    if (!hasNext() || !(next.get() instanceof Arrived arrived)) {
      throw new NoSuchElementException("the batches have ended");
    }
    next = Optional.empty();
    subscription.request(1);
    return arrived.batch().orElse(null);
  }

  /** Asks the publisher for no more. */
  void cancel() {
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
