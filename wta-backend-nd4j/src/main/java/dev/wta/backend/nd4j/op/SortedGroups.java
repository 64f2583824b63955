package dev.wta.backend.nd4j.op;

/**
 * Things sorted into groups; within each they keep their order.
 *
 * @param starts where each group begins in {@code order}; one more for the end
 * @param order the things by group
 */
@SuppressWarnings("ArrayRecordComponent")
public // a plain carrier, never compared
record SortedGroups(int[] starts, int[] order) {

  /**
   * A counting sort of things {@code 0, 1, ...}, of which thing {@code i} is in group {@code
   * group[i]}.
   */
  public static SortedGroups of(int[] group, int groups) {
    int[] ends = new int[groups + 1];
    for (int g : group) {
      ends[g + 1]++;
    }
    for (int g = 0; g < groups; g++) {
      ends[g + 1] += ends[g];
    }
    int[] starts = ends.clone();
    int[] order = new int[group.length];
    for (int i = 0; i < group.length; i++) {
      order[ends[group[i]]++] = i;
    }
    return new SortedGroups(starts, order);
  }

  int count() {
    return starts.length - 1;
  }

  int size(int group) {
    return starts[group + 1] - starts[group];
  }

  /** {@code values} of the things, by group. */
  int[] members(int[] values) {
    int[] sorted = new int[order.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = values[order[i]];
    }
    return sorted;
  }
}
