package dev.wta.backend.cpu.gemm;

/**
 * The order in which a product adds up the terms of one of its elements: in runs, each a chain of
 * fused multiply-adds that starts from 0 and adds term by term; then the sums of the runs, slab by
 * slab. A single element that is computed in this order has the product's bits.
 *
 * @param runs the first term of each run, ascending, and the number of terms
 * @param slabs the first run of each slab, ascending, and the number of runs
 * @param biasFirst whether the bias is what the sums are added to; otherwise it is added to them
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops, and nobody compares the records
public record SumOrder(int[] runs, int[] slabs, boolean biasFirst) {

  /** One slab of panels to which the bias is given, as {@link PackedPanels#multiply} adds up. */
  public static SumOrder fromBias(int depth) {
    int[] runs = PackedPanels.runs(0, depth);
    return new SumOrder(runs, new int[] {0, runs.length - 1}, true);
  }

  public int runCount() {
    return runs.length - 1;
  }

  /** The terms of the longest run. */
  public int longest() {
    int longest = 0;
    for (int run = 0; run < runCount(); run++) {
      longest = Math.max(longest, runs[run + 1] - runs[run]);
    }
    return longest;
  }

  /**
   * The element, before the rectifier.
   *
   * @param sums those of the runs, from {@code from}
   */
  public float add(float[] sums, int from, float bias) {
    if (biasFirst) {
      return addRuns(bias, sums, from, 0, runCount());
    }
    float total = 0;
    for (int slab = 0; slab + 1 < slabs.length; slab++) {
      float sum = addRuns(0, sums, from, slabs[slab], slabs[slab + 1]);
      total = slab == 0 ? sum : total + sum;
    }
    return total + bias;
  }

  private static float addRuns(float start, float[] sums, int from, int first, int last) {
    float sum = start;
    for (int run = first; run < last; run++) {
      sum += sums[from + run];
    }
    return sum;
  }
}
