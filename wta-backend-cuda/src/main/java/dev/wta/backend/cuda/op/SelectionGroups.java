package dev.wta.backend.cuda.op;

/**
 * The groups that compete, and where their elements lie: {@code inner} side by side, then as many
 * again {@code outer} elements further on, until there are {@code size}.
 *
 * @param units whether groups are units; otherwise they are samples
 * @param stride from one group's first element to the next one's
 */
public record SelectionGroups(
    boolean units, int count, int size, int inner, long outer, long stride) {

  /** Rows of a matrix. */
  public static SelectionGroups contiguous(boolean units, int count, int size) {
    return new SelectionGroups(units, count, size, Math.max(1, size), 0, size);
  }

  /** The units of a code {@code (samples, units, positions)}. */
  static SelectionGroups ofUnits(int samples, int units, int positions) {
    return new SelectionGroups(
        true,
        units,
        Math.multiplyExact(samples, positions),
        Math.max(1, positions),
        (long) units * positions,
        positions);
  }

  /** The samples of a code {@code (samples, units, positions)}. */
  static SelectionGroups ofSamples(int samples, int units, int positions) {
    return contiguous(false, samples, Math.multiplyExact(units, positions));
  }

  /** The most winners of a group of which {@code k} win. */
  int room(int k) {
    return Math.min(k, size);
  }
}
