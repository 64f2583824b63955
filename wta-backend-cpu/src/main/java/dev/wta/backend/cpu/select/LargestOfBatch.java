package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import java.util.Arrays;

/**
 * Closes in on the k-th largest of a batch's activations while threads go through it. A histogram
 * counts what is listed by its upper sixteen bits, which is by its size; what lies below the bucket
 * that the k-th largest of those listed so far falls into cannot win, so {@link #bound}, which a
 * winner must exceed, rises.
 *
 * <p>Nothing that wins is ever below the bound, so it does not matter which thread raised it, or
 * whether another saw that at once: that changes what is listed and not what wins.
 */
final class LargestOfBatch {
  private static final int HALF = Short.SIZE;

  /** The values of half a float. */
  private static final int HALVES = 1 << HALF;

  /** One for each upper half of a float that is not negative. */
  private static final int BUCKETS = HALVES / 2;

  private final int k;
  private final int[] counts = new int[BUCKETS];
  private int top; // the largest bucket that has some
  private volatile int bucket; // that the k-th largest falls into, as far as is known

  LargestOfBatch(int k) {
    this.k = k;
  }

  /** What a winner exceeds, at the least; not negative. */
  float bound() {
    int now = bucket;
    return now == 0 ? 0 : Math.nextDown(Float.intBitsToFloat(now << HALF));
  }

  /**
   * Counts what a thread has listed: positive numbers, all that it saw above the bound.
   *
   * @param scratch the thread's
   */
  void add(float[] listed, int from, int to, Scratch scratch) {
    int first = bucket;
    int[] own = scratch.ints(Scratch.Use.COUNTS, BUCKETS);
    int last = first - 1;
    Arrays.fill(own, first, BUCKETS, 0);
    for (int i = from; i < to; i++) {
      int of = Float.floatToRawIntBits(listed[i]) >>> HALF;
      if (of >= first) {
        own[of]++;
        last = Math.max(last, of);
      }
    }
    raise(own, first, last);
  }

  private synchronized void raise(int[] own, int first, int last) {
    for (int b = first; b <= last; b++) {
      counts[b] += own[b];
    }
    top = Math.max(top, last);
    long above = 0;
    for (int b = top; b > bucket; b--) {
      above += counts[b];
      if (above >= k) {
        bucket = b;
        return;
      }
    }
  }

  /**
   * The smallest winning value, once all are counted, and how many of the activations equal to it
   * win.
   *
   * @param lists what was listed
   */
  Threshold threshold(Execution execution, ActivationList[] lists) {
    long above = 0;
    for (int b = top; b > bucket; b--) {
      above += counts[b];
    }
    long wanted = k - above;
    if (wanted > counts[bucket]) { // fewer than k are positive
      return new Threshold(0, 0, 0);
    }
    int[] lower = new int[HALVES];
    execution.workers.run(
        lists.length, (list, worker) -> countWithin(lists[list], execution.scratch(worker), lower));
    int at = HALVES - 1;
    while (lower[at] < wanted) {
      wanted -= lower[at--];
    }
    float least = Float.intBitsToFloat(bucket << HALF | at);
    return new Threshold(least, (int) wanted, lower[at]);
  }

  /** Adds a list's numbers within the bucket to a histogram of their lower sixteen bits. */
  private void countWithin(ActivationList list, Scratch scratch, int[] lower) {
    int[] own = scratch.ints(Scratch.Use.COUNTS, HALVES);
    Arrays.fill(own, 0, HALVES, 0);
    for (int i = 0; i < list.count(); i++) {
      int bits = Float.floatToRawIntBits(list.values()[i]);
      if (bits >>> HALF == bucket) {
        own[bits & (HALVES - 1)]++;
      }
    }
    synchronized (this) {
      for (int b = 0; b < HALVES; b++) {
        lower[b] += own[b];
      }
    }
  }

  /**
   * Where to cut: everything above {@code value} wins, and of the {@code ties} that are equal to it
   * {@code winning} do.
   */
  record Threshold(float value, int winning, int ties) {}
}
