package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.select.TopKSelector;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;

/**
 * A worker's candidates: activations with their bounds, in groups of which the k largest win. They
 * are listed one after another, whatever their group, and put in order once there are some 2k more
 * a group than the last time: each group is cut down to what can still be among its k largest, and
 * its threshold, which all workers share, is raised to what that takes.
 *
 * <p>Nothing that wins is ever below a threshold, so it does not matter which thread raised one, or
 * that two threads write one at the same time: that changes what is listed and not what wins.
 */
final class CandidateList {
  /**
   * The part of the list that may remain after it was cut down; with more, most of it is tied, and
   * screening is given up.
   */
  private static final float MOST = 0.75f;

  /** A threshold that an eighth more than k reach is good enough, and quicker to find. */
  private static final int SLACK = 8;

  /** Numbers of an entry: its sample, its unit, and the bits of its bounds. */
  private static final int ENTRY = 4;

  private static final int UNIT = 1;
  private static final int LOW = 2;
  private static final int HIGH = 3;

  private int[] entries = new int[0]; // (room, ENTRY)
  private int[] ordered = new int[0]; // the same, group by group
  private int[] starts = new int[1]; // (groups + 1): places of the groups in order
  private float[] lows = new float[0]; // of a group
  private int groups;
  private int room;
  private int count;
  private int limit; // count at which to cut down
  private int k;
  private float[] thresholds;

  /**
   * Empties the list.
   *
   * @param places for a group's candidates, more than k
   * @param k the winners of a group; 0 for one group without a threshold, whose room grows
   * @param thresholds {@code (groups)}
   */
  void reset(int groups, int places, int k, float[] thresholds) {
    this.groups = groups;
    this.room = Math.multiplyExact(groups, places);
    this.k = k;
    this.thresholds = thresholds;
    this.count = 0;
    this.limit = k == 0 ? room : Math.min(room, 3 * k * groups);
    int all = Math.multiplyExact(room, ENTRY);
    if (entries.length < all) {
      entries = new int[all];
    }
    starts = starts.length <= groups ? new int[groups + 1] : starts;
    Arrays.fill(starts, 0, groups + 1, 0);
  }

  /**
   * Lists a candidate.
   *
   * @return whether there was room
   */
  boolean add(int sample, int unit, float low, float high) {
    if (count == room) {
      return false;
    }
    int at = count * ENTRY;
    entries[at] = sample;
    entries[at + UNIT] = unit;
    entries[at + LOW] = Float.floatToRawIntBits(low);
    entries[at + HIGH] = Float.floatToRawIntBits(high);
    return ++count < limit || makeRoom();
  }

  private boolean makeRoom() {
    if (k == 0) {
      room = Math.multiplyExact(room, 2);
      limit = room;
      entries = Arrays.copyOf(entries, Math.multiplyExact(room, ENTRY));
      return true;
    }
    order();
    cutDown();
    limit = Math.min(room, count + 2 * k * groups);
    return count <= MOST * room;
  }

  /** Puts the candidates in order, group by group, and in each as they were listed. */
  void order() {
    Arrays.fill(starts, 0, groups + 1, 0);
    for (int at = 0; at < count * ENTRY; at += ENTRY) {
      starts[group(entries[at]) + 1]++;
    }
    for (int g = 0; g < groups; g++) {
      starts[g + 1] += starts[g];
    }
    if (ordered.length < entries.length) {
      ordered = new int[entries.length];
    }
    for (int at = 0; at < count * ENTRY; at += ENTRY) {
      int to = starts[group(entries[at])]++ * ENTRY;
      ordered[to] = entries[at];
      ordered[to + UNIT] = entries[at + UNIT];
      ordered[to + LOW] = entries[at + LOW];
      ordered[to + HIGH] = entries[at + HIGH];
    }
    System.arraycopy(starts, 0, starts, 1, groups);
    starts[0] = 0;
  }

  /** Raises the thresholds of the groups and keeps what can reach them. */
  private void cutDown() {
    int kept = 0;
    for (int g = 0; g < groups; g++) {
      int padded = Lanes.padded(count(g));
      lows = lows.length < padded ? new float[padded] : lows;
      Arrays.fill(lows, lows(g, lows, 0), padded, Float.NEGATIVE_INFINITY);
      thresholds[g] = TopKSelector.about(lows, 0, padded, thresholds[g], k, k + k / SLACK);
      for (int at = first(g) * ENTRY; at < starts[g + 1] * ENTRY; at += ENTRY) {
        if (high(at) >= thresholds[g]) {
          System.arraycopy(ordered, at, entries, kept * ENTRY, ENTRY);
          kept++;
        }
      }
    }
    count = kept;
  }

  private int group(int sample) {
    return groups == 1 ? 0 : sample;
  }

  private float high(int at) {
    return Float.intBitsToFloat(ordered[at + HIGH]);
  }

  /**
   * Once in order: appends a group's lower bounds to {@code out} from {@code to}; returns the end.
   */
  int lows(int group, float[] out, int to) {
    int at = first(group) * ENTRY + LOW;
    int end = to + count(group);
    for (int i = to; i < end; i++) {
      out[i] = Float.intBitsToFloat(ordered[at]);
      at += ENTRY;
    }
    return end;
  }

  private int first(int group) {
    return group < groups ? starts[group] : 0;
  }

  /** Once in order: how many candidates a group has. */
  int count(int group) {
    return group < groups ? starts[group + 1] - starts[group] : 0;
  }

  /** Once in order: passes each of a group's candidates that can be {@code threshold} or more. */
  void forEach(int group, float threshold, Visitor visitor) {
    int start = first(group) * ENTRY;
    for (int at = start; at < start + count(group) * ENTRY; at += ENTRY) {
      if (high(at) >= threshold) {
        visitor.visit(ordered[at], ordered[at + UNIT]);
      }
    }
  }

  /** What to do with a candidate. */
  @FunctionalInterface
  interface Visitor {
    void visit(int sample, int unit);
  }
}
