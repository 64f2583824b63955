package dev.wta.api.backend;

import dev.wta.api.WtaException;

/**
 * Offers a backend to {@link Backends}; listed in {@code
 * META-INF/services/dev.wta.api.backend.BackendProvider}.
 */
public interface BackendProvider {
  /** The name that users choose the backend by: lower case, such as {@code cpu}. */
  String name();

  /** Whether the backend can run here. Quick, and never throws. */
  Availability probe();

  /**
   * Opens the backend.
   *
   * @throws WtaException if it cannot start, with the reason and the remedy
   */
  Backend open(BackendOptions options);
}
