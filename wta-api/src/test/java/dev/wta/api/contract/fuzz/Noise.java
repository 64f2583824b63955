package dev.wta.api.contract.fuzz;

/**
 * Random numbers for test data, by SplitMix64 (Steele et al. 2014): ten times as fast as the
 * streams of {@link dev.wta.api.random.Philox}, which would take longer than the operations under
 * test.
 */
final class Noise {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  private Noise(long state) {
    this.state = state;
  }

  /** The numbers that belong to a name in one case. */
  static Noise of(long seed, long index, String name) {
    return new Noise(mix(mix(mix(seed) + index) + name.hashCode()));
  }

  long next() {
    state += GAMMA;
    return mix(state);
  }

  /** Uniform on [0, 1). */
  double uniform() {
    return (next() >>> 11) * 0x1p-53;
  }

  /** A whole number uniform on [0, bound). */
  int below(int bound) {
    return (int) ((next() >>> 33) * bound >>> 31);
  }

  /** About standard normal: a sum of three uniform numbers, scaled, with 22 bits. */
  float normal() {
    long bits = next();
    int mask = (1 << 21) - 1;
    long sum = (bits & mask) + (bits >>> 21 & mask) + (bits >>> 42 & mask);
    return (sum * 0x1p-21f - 1.5f) * 2;
  }

  private static long mix(long z) {
    long first = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    long second = (first ^ first >>> 27) * 0x94D049BB133111EBL;
    return second ^ second >>> 31;
  }
}
