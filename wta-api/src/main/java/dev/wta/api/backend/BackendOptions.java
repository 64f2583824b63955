package dev.wta.api.backend;

/**
 * The options of opening a backend.
 *
 * @param threads the most threads a CPU backend uses
 * @param device which device, for backends that have several, from 0
 */
public record BackendOptions(int threads, int device) {
  public BackendOptions {
    if (threads < 1 || device < 0) {
      throw new IllegalArgumentException(
          "no such backend options: %d threads, device %d".formatted(threads, device));
    }
  }

  /** A thread for each processor, device 0. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors(), 0);
  }

  public BackendOptions withThreads(int threads) {
    return new BackendOptions(threads, device);
  }
}
