package dev.wta.reproduce;

import dev.wta.api.ProgressListener;
import dev.wta.models.training.Trainer;
import java.util.Optional;

/** A request to stop, which any thread may set. */
public final class StopSignal {
  /** Unwinds the running work after a request to stop. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("stopped as asked");
    }
  }

  private boolean requested;
  private Optional<Trainer> training = Optional.empty();

  public synchronized void request() {
    requested = true;
    training.ifPresent(Trainer::requestStop);
  }

  /** From now on a request stops this training after its step. */
  synchronized void watch(Trainer trainer) {
    training = Optional.of(trainer);
    if (requested) {
      trainer.requestStop();
    }
  }

  /**
   * @throws Stopped if that was asked for
   */
  synchronized void check() {
    if (requested) {
      throw new Stopped();
    }
  }

  /** A listener that informs {@code other}, and unwinds a fit that is to stop. */
  ProgressListener checking(ProgressListener other) {
    return (stage, done, total) -> {
      check();
      other.progressed(stage, done, total);
    };
  }
}
