package dev.wta.bench.machine;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a benchmark's calls needed at the least, counted by the benchmark itself: add to it in each
 * call. JMH prints it as rates, and {@code wta bench} beside what the machine could do.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Work {
  /** Floating-point operations, a multiply-add being two. */
  public long operations;

  /** Bytes read and written of arrays that fit in the last-level cache. */
  public long bytes;

  /** Bytes read and written of arrays that come from memory each time. */
  public long memoryBytes;

  /**
   * Bytes that all threads allocated on the heap within the calls; 0 where a benchmark leaves that
   * to JMH, which spreads over the calls what it allocates itself: that shows where they are few.
   */
  public long heapBytes;
}
