package dev.wta.data.importer.image;

import java.util.concurrent.Semaphore;

/**
 * How many pixels may be decoded at once, over all threads, so that many large images wait for each
 * other and do not exhaust the memory. An image that is larger than all of it is decoded alone.
 */
final class PixelBudget {
  /** A pixel's sixteen bits in four channels, its bytes, and those turned or scaled. */
  private static final int BYTES_A_PIXEL = 16;

  private static final int UNIT = 1024; // pixels, so that any number fits an int

  private final int units;
  private final Semaphore free;

  /** What half of so many bytes hold. */
  PixelBudget(long heapBytes) {
    units = Math.clamp(heapBytes / 2 / BYTES_A_PIXEL / UNIT, 1, Integer.MAX_VALUE);
    free = new Semaphore(units, true);
  }

  /** Pixels taken from the budget until they are given back. */
  interface Taken extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes so many, once they are free. */
  Taken take(long pixels) {
    int taken = Math.clamp(Math.ceilDiv(pixels, UNIT), 1, units);
    free.acquireUninterruptibly(taken);
    return () -> free.release(taken);
  }
}
