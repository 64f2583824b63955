package dev.wta.spark;

import dev.wta.api.backend.Backend;
import dev.wta.models.run.RunConfig;
import dev.wta.models.shard.training.UnitShare;
import java.util.BitSet;

/**
 * The share of a model's units that this JVM holds, one at a time. Tasks that have not encoded by
 * it yet may use it; once no task uses it, it is replaced by one that a task waits for. So the
 * tasks of an executor go through the shares together.
 */
final class ExecutorShares {
  private static Open open; // or null

  private ExecutorShares() {}

  /** A share that is held. */
  static final class Open {
    private final String key;
    private final int number;
    private final Backend backend;
    private final UnitShare units;
    private int users;

    private Open(ShareSource source, int number, RunConfig config) {
      key = source.key();
      this.number = number;
      backend = ExecutorBackend.open();
      try {
        units = source.open(number, config, backend);
      } catch (RuntimeException failed) {
        backend.close();
        throw failed;
      }
    }

    /** The index of the share, from 0. */
    int number() {
      return number;
    }

    UnitShare units() {
      return units;
    }

    private void close() {
      try (backend) {
        units.close();
      }
    }
  }

  /**
   * A share, until {@link #release}; waits while others use one that is not wanted.
   *
   * @param wanted any of these, at least one
   */
  static Open acquire(ShareSource source, RunConfig config, BitSet wanted) {
    ExecutorEncoders.closeIdle(); // without this class's lock, as there
    return held(source, config, wanted);
  }

  private static synchronized Open held(ShareSource source, RunConfig config, BitSet wanted) {
    while (open == null || !open.key.equals(source.key()) || !wanted.get(open.number)) {
      if (open != null && open.users > 0) {
        await();
      } else {
        closeIdle();
        open = new Open(source, wanted.nextSetBit(0), config);
      }
    }
    open.users++;
    return open;
  }

  private static void await() {
    try {
      ExecutorShares.class.wait();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** Releases a share for one task. */
  static synchronized void release(Open share) {
    share.users--;
    ExecutorShares.class.notifyAll();
  }

  /** Frees the share if nobody uses it. */
  static synchronized void closeIdle() {
    if (open != null && open.users == 0) {
      Open idle = open;
      open = null;
      idle.close();
    }
  }
}
