package dev.wta.spark;

import dev.wta.api.backend.Backend;
import dev.wta.models.Encoder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The encoders of one JVM: all tasks of an executor that encode by the same model share one. The
 * last that was used stays open for the next tasks; others are closed when their last task ends.
 */
final class ExecutorEncoders {
  private static final Map<String, Shared> OPEN = new LinkedHashMap<>();

  private ExecutorEncoders() {}

  /** An encoder and the number of tasks that use it. */
  private static final class Shared {
    final Backend backend;
    final Encoder encoder;
    int users;

    Shared(EncoderSource source) {
      backend = ExecutorBackend.open();
      try {
        encoder = source.open(backend);
      } catch (RuntimeException failed) {
        backend.close();
        throw failed;
      }
    }

    void close() {
      try (backend) {
        encoder.close();
      }
    }
  }

  /** The encoder of {@code source}, until {@link #release}. */
  static Encoder acquire(EncoderSource source) {
    ExecutorShares.closeIdle(); // without this class's lock, as there
    return shared(source);
  }

  private static synchronized Encoder shared(EncoderSource source) {
    Shared shared = OPEN.get(source.key());
    if (shared == null) {
      closeIdle();
      shared = new Shared(source);
      OPEN.put(source.key(), shared);
    }
    shared.users++;
    return shared.encoder;
  }

  /** Releases the encoder for one task. */
  static synchronized void release(EncoderSource source) {
    Shared shared = OPEN.get(source.key());
    shared.users--;
    if (shared.users == 0 && OPEN.size() > 1) {
      OPEN.remove(source.key());
      shared.close();
    }
  }

  /** Frees the encoders that nobody uses. */
  static synchronized void closeIdle() {
    OPEN.values().stream().filter(shared -> shared.users == 0).forEach(Shared::close);
    OPEN.values().removeIf(shared -> shared.users == 0);
  }
}
