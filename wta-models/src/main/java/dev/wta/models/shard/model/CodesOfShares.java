package dev.wta.models.shard.model;

import dev.wta.api.tensor.SparseCodes;
import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The codes of some samples, of which one share of the units after the other is encoded, in any
 * order. Where samples keep their k largest activations, these are among each share's k largest;
 * ties go to the lower unit. So codes are those of all units at once.
 */
public final class CodesOfShares {
  private final int features;
  private final int most;
  private int[] starts; // (samples + 1)
  private int[] units = {}; // ascending for each sample
  private float[] values = {};
  private float[] compared = {};

  /**
   * No codes yet.
   *
   * @param features units of the model
   * @param winners how many activations a sample keeps, see {@link ShardedModel#winnersOfASample}
   */
  public CodesOfShares(int samples, int features, OptionalInt winners) {
    this.features = features;
    most = winners.orElse(Integer.MAX_VALUE);
    starts = new int[samples + 1];
  }

  /** Adds what one share's units make of the samples. */
  public void add(ShardedModel.Candidates share) {
    WinnerList list = share.activations();
    int samples = starts.length - 1;
    int[] begins = new int[samples + 1];
    for (int sample : list.samples()) {
      begins[sample + 1]++;
    }
    Arrays.parallelPrefix(begins, Integer::sum);
    int[] order = new int[list.count()]; // by sample; units ascend as in the list
    int[] next = begins.clone();
    for (int i = 0; i < order.length; i++) {
      order[next[list.samples()[i]]++] = i;
    }
    Rows rows = new Rows(units.length + order.length, samples);
    for (int n = 0; n < samples; n++) {
      int old = starts[n];
      int at = begins[n];
      while (old < starts[n + 1] || at < begins[n + 1]) {
        boolean kept =
            at == begins[n + 1] || (old < starts[n + 1] && units[old] < list.units()[order[at]]);
        if (kept) {
          rows.put(units[old], values[old], compared[old]);
          old++;
        } else {
          int i = order[at++];
          rows.put(list.units()[i], list.values()[i], share.compared()[i]);
        }
      }
      rows.end(n, most);
    }
    starts = rows.starts;
    units = Arrays.copyOf(rows.units, rows.count);
    values = Arrays.copyOf(rows.values, rows.count);
    compared = Arrays.copyOf(rows.compared, rows.count);
  }

  /** Candidates that are written sample by sample. */
  private static final class Rows {
    final int[] starts;
    final int[] units;
    final float[] values;
    final float[] compared;
    int count;

    Rows(int room, int samples) {
      starts = new int[samples + 1];
      units = new int[room];
      values = new float[room];
      compared = new float[room];
    }

    void put(int unit, float value, float by) {
      units[count] = unit;
      values[count] = value;
      compared[count++] = by;
    }

    /** Keeps a sample's largest. */
    void end(int sample, int most) {
      int from = starts[sample];
      if (count - from > most) {
        keep(from, most);
      }
      starts[sample + 1] = count;
    }

    private void keep(int from, int most) {
      long[] keys = new long[count - from];
      for (int i = 0; i < keys.length; i++) { // the bits of positive floats ascend with them
        long bits = (long) Integer.MAX_VALUE - Float.floatToRawIntBits(compared[from + i]);
        keys[i] = bits << Integer.SIZE | i;
      }
      Arrays.sort(keys);
      int[] kept = Arrays.stream(keys, 0, most).mapToInt(key -> (int) key).sorted().toArray();
      count = from;
      for (int i : kept) {
        put(units[from + i], values[from + i], compared[from + i]);
      }
    }
  }

  /** The codes, once all shares were added. */
  public SparseCodes codes() {
    long[] offsets = new long[starts.length];
    int[] indices = new int[units.length];
    float[] active = new float[units.length];
    int count = 0;
    for (int n = 0; n + 1 < starts.length; n++) {
      for (int i = starts[n]; i < starts[n + 1]; i++) {
        if (values[i] != 0) {
          indices[count] = units[i];
          active[count++] = values[i];
        }
      }
      offsets[n + 1] = count;
    }
    return SparseCodes.of(
        features, offsets, Arrays.copyOf(indices, count), Arrays.copyOf(active, count));
  }
}
