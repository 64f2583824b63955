package dev.wta.models.shard;

import dev.wta.api.tensor.WinnerList;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The k largest activations of each sample among the candidates of all ranks; ties go to the lower
 * unit. A rank sends, for each sample, the values of its k best in descending order to the rank
 * that decides on the sample, and gets back how many of them win: winners are the first ones, since
 * ranks own ascending units.
 */
final class SampleCompetition {
  private SampleCompetition() {}

  /**
   * @param samples of the batch
   * @param candidates of this rank's blocks
   * @return for each block, which of its candidates win
   */
  static boolean[][] run(Collective collective, int k, int samples, List<WinnerList> candidates) {
    int[] starts = starts(candidates, samples);
    long[] ordered = ordered(candidates, starts);
    int[] winners = decided(collective, k, starts, ordered);
    boolean[] all = new boolean[ordered.length];
    for (int n = 0; n < samples; n++) {
      for (int place = starts[n]; place < starts[n] + winners[n]; place++) {
        all[(int) ordered[place]] = true;
      }
    }
    boolean[][] winning = new boolean[candidates.size()][];
    int from = 0;
    for (int i = 0; i < winning.length; i++) {
      int end = from + candidates.get(i).count();
      winning[i] = Arrays.copyOfRange(all, from, end);
      from = end;
    }
    return winning;
  }

  /** Where each sample's candidates begin. */
  private static int[] starts(List<WinnerList> candidates, int samples) {
    int[] starts = new int[samples + 1];
    for (WinnerList block : candidates) {
      for (int sample : block.samples()) {
        starts[sample + 1]++;
      }
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    return starts;
  }

  /**
   * All candidates by sample, the largest first, ties by unit: the inverted bits of the value,
   * above the candidate's number. The bits of positive floats ascend with them.
   */
  private static long[] ordered(List<WinnerList> candidates, int[] starts) {
    int samples = starts.length - 1;
    long[] keys = new long[starts[samples]];
    int[] next = Arrays.copyOf(starts, samples);
    int number = 0;
    for (WinnerList block : candidates) {
      for (int i = 0; i < block.count(); i++) {
        long bits = (long) Integer.MAX_VALUE - Float.floatToRawIntBits(block.values()[i]);
        keys[next[block.samples()[i]]++] = bits << Integer.SIZE | number++;
      }
    }
    for (int n = 0; n < samples; n++) {
      Arrays.sort(keys, starts[n], starts[n + 1]);
    }
    return keys;
  }

  private static float value(long key) {
    return Float.intBitsToFloat(Integer.MAX_VALUE - (int) (key >>> Integer.SIZE));
  }

  /** How many of each sample's candidates on this rank win. */
  private static int[] decided(Collective collective, int k, int[] starts, long[] ordered) {
    int ranks = collective.ranks().count();
    int samples = starts.length - 1;
    if (ranks == 1 || collective.isUnconnected()) { // as if nobody else's were larger
      int[] winners = new int[samples];
      Arrays.setAll(winners, n -> Math.min(k, starts[n + 1] - starts[n]));
      return winners;
    }
    long bytes = 0;
    for (int n = 0; n < samples; n++) {
      bytes += Integer.BYTES + (long) Math.min(k, starts[n + 1] - starts[n]) * Float.BYTES;
    }
    ByteBuffer[] parts = collective.buffers(bytes);
    for (int to = 0; to < ranks; to++) {
      int end = Collective.firstSample(to + 1, ranks, samples);
      for (int n = Collective.firstSample(to, ranks, samples); n < end; n++) {
        int sent = Math.min(k, starts[n + 1] - starts[n]);
        parts[to].putInt(sent);
        for (int i = 0; i < sent; i++) {
          parts[to].putFloat(value(ordered[starts[n] + i]));
        }
      }
    }
    ByteBuffer[] received = collective.exchange(parts);
    int rank = collective.ranks().rank();
    int own =
        Collective.firstSample(rank + 1, ranks, samples)
            - Collective.firstSample(rank, ranks, samples);
    int[][] counts = new int[ranks][own];
    for (int n = 0; n < own; n++) {
      decide(received, k, counts, n);
    }
    ByteBuffer[] answers = collective.buffers((long) own * Integer.BYTES);
    for (int to = 0; to < ranks; to++) {
      answers[to].asIntBuffer().put(counts[to]);
      answers[to].position(own * Integer.BYTES);
    }
    int[] winners = new int[samples];
    int n = 0;
    for (ByteBuffer answer : collective.exchange(answers)) {
      while (answer.hasRemaining()) {
        winners[n++] = answer.getInt();
      }
    }
    return winners;
  }

  /** Merges one sample's candidates of all ranks, which are next in the buffers. */
  private static void decide(ByteBuffer[] received, int k, int[][] counts, int n) {
    int ranks = received.length;
    int[] at = new int[ranks];
    int[] end = new int[ranks];
    for (int rank = 0; rank < ranks; rank++) {
      int sent = received[rank].getInt();
      at[rank] = received[rank].position();
      end[rank] = at[rank] + sent * Float.BYTES;
      received[rank].position(end[rank]);
    }
    for (int winner = 0; winner < k; winner++) {
      int best = -1;
      float largest = 0;
      for (int rank = 0; rank < ranks; rank++) {
        if (at[rank] < end[rank]) {
          float value = received[rank].getFloat(at[rank]);
          if (best < 0 || value > largest) {
            best = rank;
            largest = value;
          }
        }
      }
      if (best < 0) {
        return; // fewer than k are positive
      }
      at[best] += Float.BYTES;
      counts[best][n]++;
    }
  }
}
