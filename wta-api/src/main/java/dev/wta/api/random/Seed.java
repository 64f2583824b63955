package dev.wta.api.random;

/** The random seed of a run. Each use takes a stream of its own by name. */
public record Seed(long value) {
  public static Seed of(long value) {
    return new Seed(value);
  }

  /**
   * The stream for one use, such as {@code "init/encoder"}; different names give independent
   * streams.
   */
  public Philox stream(String use) {
    return stream(use, 0);
  }

  /** The stream for the {@code index}-th time of a use, such as an epoch's shuffle. */
  public Philox stream(String use, long index) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bits: stable across JVMs, unlike a library's hash
    for (int i = 0; i < use.length(); i++) {
      hash = (hash ^ use.charAt(i)) * 0x100000001b3L;
    }
    return new Philox(value, hash + index * 0x9E3779B97F4A7C15L);
  }
}
