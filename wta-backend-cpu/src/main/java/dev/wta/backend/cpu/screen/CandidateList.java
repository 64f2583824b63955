package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.select.TopKSelector;
import java.util.Arrays;

/**
 * A worker's candidates: activations by sample and unit, with their bounds, in groups of which the
 * k largest win. A group that is full is cut down to what can still be among its k largest, and its
 * bar, which all workers share, is raised to what that takes.
 *
 * <p>Bars only ever hold what is true, so it does not matter who raised one, or that two threads
 * write one at the same time: that changes what is listed and not what wins.
 */
final class CandidateList {
  /** Of a group that was cut down, what may remain without giving up: most of it is tied. */
  private static final float MOST = 0.75f;

  private final TopKSelector topK = new TopKSelector();
  private float[] lows = new float[0]; // (groups, room)
  private float[] highs = new float[0];
  private int[] samples = new int[0];
  private int[] units = new int[0];
  private int[] counts = new int[0]; // (groups)
  private int groups;
  private int room;
  private int k;
  private float[] bars;

  /**
   * Empties the list.
   *
   * @param room for a group's candidates
   * @param k the winners of a group; 0 for one group without a bar, whose room grows
   * @param bars {@code (groups)}
   */
  void reset(int groups, int room, int k, float[] bars) {
    this.groups = groups;
    this.room = room;
    this.k = k;
    this.bars = bars;
    int places = Math.multiplyExact(groups, room);
    if (lows.length < places) {
      lows = new float[places];
      highs = new float[places];
      samples = new int[places];
      units = new int[places];
    }
    if (counts.length < groups) {
      counts = new int[groups];
    }
    Arrays.fill(counts, 0, groups, 0);
  }

  /**
   * Lists a candidate.
   *
   * @return whether there was room
   */
  boolean add(int group, int sample, int unit, float low, float high) {
    if (counts[group] == room) {
      if (k == 0) {
        grow();
      } else {
        bars[group] = Math.max(bars[group], cutDown(group));
        if (counts[group] > MOST * room) {
          return false;
        }
        if (high < bars[group]) {
          return true;
        }
      }
    }
    int at = group * room + counts[group]++;
    lows[at] = low;
    highs[at] = high;
    samples[at] = sample;
    units[at] = unit;
    return true;
  }

  private void grow() {
    room = Math.multiplyExact(room, 2);
    if (lows.length < room) {
      lows = Arrays.copyOf(lows, room);
      highs = Arrays.copyOf(highs, room);
      samples = Arrays.copyOf(samples, room);
      units = Arrays.copyOf(units, room);
    }
  }

  private float cutDown(int group) {
    int start = group * room;
    float bar = Math.max(topK.kth(lows, start, counts[group], k), Float.MIN_VALUE);
    int kept = start;
    for (int i = start; i < start + counts[group]; i++) {
      if (highs[i] >= bar) {
        lows[kept] = lows[i];
        highs[kept] = highs[i];
        samples[kept] = samples[i];
        units[kept] = units[i];
        kept++;
      }
    }
    counts[group] = kept - start;
    return bar;
  }

  /** Appends the lower bounds of a group to {@code out} from {@code to} on; answers the end. */
  int lows(int group, float[] out, int to) {
    if (group >= groups) {
      return to;
    }
    System.arraycopy(lows, group * room, out, to, counts[group]);
    return to + counts[group];
  }

  /** How many candidates a group has. */
  int count(int group) {
    return group < groups ? counts[group] : 0;
  }

  /** What to do with a candidate. */
  @FunctionalInterface
  interface Visitor {
    void visit(int sample, int unit);
  }

  /** Goes through the candidates of a group that can be {@code bar} or more. */
  void forEach(int group, float bar, Visitor visitor) {
    for (int i = group * room; i < group * room + count(group); i++) {
      if (highs[i] >= bar) {
        visitor.visit(samples[i], units[i]);
      }
    }
  }
}
