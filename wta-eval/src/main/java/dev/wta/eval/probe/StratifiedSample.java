package dev.wta.eval.probe;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Samples labelled samples at random, as many of each class as possible. */
final class StratifiedSample {
  private StratifiedSample() {}

  /**
   * Chooses {@code count} samples. If they cannot be divided equally, some classes, chosen at
   * random, give one more. A class with too few samples gives all of them, and the others make up
   * for it.
   *
   * @param draw which of several independent draws
   * @return {@code (count)}: the samples, in rising order
   */
  static int[] of(int[] labels, int count, Seed seed, int draw) {
    List<List<Integer>> members = members(labels);
    String stream = "few-labels/" + count + "/" + draw;
    int[] shares = shares(members.stream().mapToInt(List::size).toArray(), count, seed, stream);
    int[] sampled = new int[count];
    int at = 0;
    for (int k = 0; k < shares.length; k++) {
      Philox random = seed.stream(stream, k);
      List<Integer> left = members.get(k);
      for (int i = 0; i < shares[k]; i++) { // the start of a Fisher-Yates shuffle
        int chosen = i + random.below(left.size() - i, i);
        sampled[at++] = left.get(chosen);
        left.set(chosen, left.get(i));
      }
    }
    Arrays.sort(sampled);
    return sampled;
  }

  private static List<List<Integer>> members(int[] labels) {
    List<List<Integer>> members = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      while (members.size() <= labels[i]) {
        members.add(new ArrayList<>());
      }
      members.get(labels[i]).add(i);
    }
    return members;
  }

  /** How many each class gives, so that none gives more than it has. */
  private static int[] shares(int[] sizes, int count, Seed seed, String stream) {
    int[] shares = new int[sizes.length];
    int[] order = order(sizes.length, seed.stream(stream + "/order"));
    int missing = count;
    while (missing > 0) {
      int open = 0;
      for (int k = 0; k < sizes.length; k++) {
        open += shares[k] < sizes[k] ? 1 : 0;
      }
      int each = Math.max(1, missing / open);
      for (int k : order) {
        int more = Math.min(Math.min(each, missing), sizes[k] - shares[k]);
        shares[k] += more;
        missing -= more;
      }
    }
    return shares;
  }

  private static int[] order(int classes, Philox random) {
    int[] order = new int[classes];
    for (int k = 0; k < classes; k++) {
      int at = random.below(k + 1, k);
      order[k] = order[at];
      order[at] = k;
    }
    return order;
  }
}
