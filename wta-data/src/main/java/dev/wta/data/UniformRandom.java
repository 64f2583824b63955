package dev.wta.data;

import dev.wta.api.random.Philox;

/** The numbers of a stream one after the other, computed four at a time. */
public final class UniformRandom {
  private final Philox stream;
  private final int[] lanes = new int[4];
  private long position;

  /** The numbers of a stream, from its first on. */
  public UniformRandom(Philox stream) {
    this.stream = stream;
  }

  /** The next number, on [0, bound), as {@link Philox#below} has it. */
  public int below(int bound) {
    int lane = (int) (position & 3);
    if (lane == 0) {
      stream.block(position >>> 2, lanes, 0);
    }
    position++;
    return (int) (Integer.toUnsignedLong(lanes[lane]) * bound >>> 32);
  }
}
