package dev.wta.data;

import dev.wta.api.WtaException;
import java.util.Optional;

/** Samples that arrive in parts and are read once, as from standard input. */
public interface SampleStream extends AutoCloseable {
  /** What messages call it. */
  String name();

  /**
   * The next samples, of the same shape as those before; empty at the end. They can be read until
   * the next call.
   *
   * @throws WtaException if they cannot be read
   */
  Optional<Dataset> next();

  @Override
  void close();
}
