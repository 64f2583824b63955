package dev.wta.models.shard;

import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.List;

/**
 * The k largest activations of a batch among the candidates of all ranks; ties go to the lower
 * sample, then the lower unit. The ranks find the smallest value that wins by counting candidates
 * by the bits of their values, 11, 10 and 10 of them a round; only ties for the last places are
 * exchanged one by one.
 */
final class BatchCompetition {
  /** How far the bits of a round are from the right; a positive float has 31. */
  private static final int[] SHIFTS = {20, 10, 0};

  private BatchCompetition() {}

  /**
   * @param candidates of this rank's blocks
   * @return for each block, which of its candidates win
   */
  static boolean[][] run(Collective collective, int k, List<WinnerList> candidates) {
    boolean[][] winning = new boolean[candidates.size()][];
    for (int i = 0; i < winning.length; i++) {
      winning[i] = new boolean[candidates.get(i).count()];
    }
    long left = k;
    int least = 0; // the bits of the smallest value that wins, as far as they are known
    int known = Integer.SIZE - 1;
    for (int shift : SHIFTS) {
      long[] counts = new long[1 << known - shift];
      for (WinnerList block : candidates) {
        for (float value : block.values()) {
          int bits = Float.floatToRawIntBits(value);
          if (bits >>> known == least >>> known) {
            counts[bits >>> shift & counts.length - 1]++;
          }
        }
      }
      long[] sums = collective.sum(counts);
      int digit = sums.length - 1;
      while (digit > 0 && sums[digit] < left) {
        left -= sums[digit--];
      }
      least |= digit << shift;
      known = shift;
    }
    int[] ties = ties(candidates, least);
    int winners = winningTies(collective, left, ties);
    mark(candidates, least, winners > 0 ? ties[winners - 1] : -1, winners, winning);
    return winning;
  }

  /** The samples of this rank's candidates of that value, ascending. */
  private static int[] ties(List<WinnerList> candidates, int bits) {
    int[] samples = new int[16];
    int count = 0;
    for (WinnerList block : candidates) {
      for (int i = 0; i < block.count(); i++) {
        if (Float.floatToRawIntBits(block.values()[i]) == bits) {
          if (count == samples.length) {
            samples = Arrays.copyOf(samples, 2 * count);
          }
          samples[count++] = block.samples()[i];
        }
      }
    }
    int[] found = Arrays.copyOf(samples, count);
    Arrays.sort(found);
    return found;
  }

  /** How many of this rank's ties are among the first {@code places} of all. */
  private static int winningTies(Collective collective, long places, int[] ties) {
    int sent = (int) Math.min(places, ties.length);
    int[][] all = collective.gather(Arrays.copyOf(ties, sent));
    int[] next = new int[all.length];
    for (long place = 0; place < places; place++) {
      int first = -1;
      for (int rank = 0; rank < all.length; rank++) {
        boolean earlier =
            next[rank] < all[rank].length
                && (first < 0 || all[rank][next[rank]] < all[first][next[first]]);
        first = earlier ? rank : first;
      }
      if (first < 0) {
        break; // all candidates win
      }
      next[first]++;
    }
    return next[collective.ranks().rank()];
  }

  /**
   * Marks what is larger than the smallest winner, and ties up to a place.
   *
   * @param last the sample of the last tie that wins
   * @param ties how many ties win
   */
  private static void mark(
      List<WinnerList> candidates, int least, int last, int ties, boolean[][] winning) {
    int ofLast = ties;
    for (WinnerList block : candidates) {
      for (int i = 0; i < block.count(); i++) {
        boolean earlier = block.samples()[i] < last;
        ofLast -= earlier && Float.floatToRawIntBits(block.values()[i]) == least ? 1 : 0;
      }
    }
    for (int b = 0; b < winning.length; b++) { // blocks and lists ascend by unit
      WinnerList block = candidates.get(b);
      for (int i = 0; i < block.count(); i++) {
        int bits = Float.floatToRawIntBits(block.values()[i]);
        if (bits != least) {
          winning[b][i] = bits > least;
        } else if (block.samples()[i] == last) {
          winning[b][i] = ofLast-- > 0;
        } else {
          winning[b][i] = block.samples()[i] < last;
        }
      }
    }
  }
}
