package dev.wta.backend.cuda;

/**
 * The groups that compete, and where their elements lie: {@code inner} side by side, then as many
 * again {@code outer} elements further on, until there are {@code size}.
 *
 * @param units whether groups are units; otherwise they are samples
 * @param stride from one group's first element to the next one's
 */
record Groups(boolean units, int count, int size, int inner, long outer, long stride) {

  /** Rows of a matrix. */
  static Groups contiguous(boolean units, int count, int size) {
    return new Groups(units, count, size, Math.max(1, size), 0, size);
  }

  /** The units of a code {@code (samples, units, positions)}. */
  static Groups ofUnits(int samples, int units, int positions) {
    return new Groups(
        true,
        units,
        Math.multiplyExact(samples, positions),
        Math.max(1, positions),
        (long) units * positions,
        positions);
  }

  /** The samples of a code {@code (samples, units, positions)}. */
  static Groups ofSamples(int samples, int units, int positions) {
    return contiguous(false, samples, Math.multiplyExact(units, positions));
  }

  /** The most winners of a group of which {@code k} win. */
  int room(int k) {
    return Math.min(k, size);
  }
}
