package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.select.TopKSelector;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A worker's candidates: activations with their bounds, in groups of which the k largest win. A
 * group is cut down to what can still be among its k largest as soon as it has 2k more than the
 * last time, and its bar, which all workers share, is raised to what that takes.
 *
 * <p>Bars only ever hold what is true, so it does not matter who raised one, or that two threads
 * write one at the same time: that changes what is listed and not what wins.
 */
final class CandidateList {
  /** Of a group that was cut down, what may remain without giving up: most of it is tied. */
  private static final float MOST = 0.75f;

  /** A bar that takes an eighth more than k to pass is good enough, and quicker to find. */
  private static final int SLACK = 8;

  private float[] lows = new float[0]; // (groups, room)
  private float[] highs = new float[0];
  private int[] keys = new int[0];
  private int[] counts = new int[0]; // (groups)
  private int[] limits = new int[0]; // (groups): counts at which to cut down
  private int groups;
  private int room;
  private int k;
  private float[] bars;

  /**
   * Empties the list.
   *
   * @param places for a group's candidates, more than k
   * @param k the winners of a group; 0 for one group without a bar, whose room grows
   * @param bars {@code (groups)}
   */
  void reset(int groups, int places, int k, float[] bars) {
    this.groups = groups;
    this.room = Lanes.padded(places);
    this.k = k;
    this.bars = bars;
    int all = Math.multiplyExact(groups, room);
    if (lows.length < all) {
      lows = new float[all];
      highs = new float[all];
      keys = new int[all];
    }
    if (counts.length < groups) {
      counts = new int[groups];
      limits = new int[groups];
    }
    Arrays.fill(counts, 0, groups, 0);
    Arrays.fill(limits, 0, groups, k == 0 ? room : Math.min(room, 3 * k));
  }

  /**
   * Lists a candidate.
   *
   * @param key what it is known by
   * @return whether there was room
   */
  boolean add(int group, int key, float low, float high) {
    int count = counts[group];
    if (count == room) {
      return false;
    }
    int at = group * room + count;
    lows[at] = low;
    highs[at] = high;
    keys[at] = key;
    counts[group] = ++count;
    return count < limits[group] || makeRoom(group);
  }

  private boolean makeRoom(int group) {
    if (k == 0) {
      grow();
      return true;
    }
    cutDown(group);
    limits[group] = Math.min(room, counts[group] + 2 * k);
    return counts[group] <= MOST * room;
  }

  private void grow() {
    room = Math.multiplyExact(room, 2);
    limits[0] = room;
    if (lows.length < room) {
      lows = Arrays.copyOf(lows, room);
      highs = Arrays.copyOf(highs, room);
      keys = Arrays.copyOf(keys, room);
    }
  }

  private void cutDown(int group) {
    int start = group * room;
    int end = start + counts[group];
    int padded = Lanes.padded(counts[group]);
    Arrays.fill(lows, end, start + padded, Float.NEGATIVE_INFINITY);
    float bar = TopKSelector.about(lows, start, padded, bars[group], k, k + k / SLACK);
    int kept = start;
    for (int i = start; i < end; i++) {
      if (highs[i] >= bar) {
        lows[kept] = lows[i];
        highs[kept] = highs[i];
        keys[kept] = keys[i];
        kept++;
      }
    }
    counts[group] = kept - start;
    bars[group] = bar;
  }

  /** Appends the lower bounds of a group to {@code out} from {@code to} on; answers the end. */
  int lows(int group, float[] out, int to) {
    System.arraycopy(lows, group * room, out, to, count(group));
    return to + count(group);
  }

  /** How many candidates a group has. */
  int count(int group) {
    return group < groups ? counts[group] : 0;
  }

  /** Goes through the keys of the candidates of a group that can be {@code bar} or more. */
  void forEach(int group, float bar, IntConsumer visitor) {
    for (int i = group * room; i < group * room + count(group); i++) {
      if (highs[i] >= bar) {
        visitor.accept(keys[i]);
      }
    }
  }
}
