package dev.wta.models.shard.model;

import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Codes of blocks as one. */
final class Codes {
  private Codes() {}

  /**
   * The activations of all blocks, in canonical order.
   *
   * @param ofBlocks of neighbouring blocks, in their order
   * @param firstUnits the first unit of each block
   */
  static WinnerList joined(List<WinnerList> ofBlocks, int[] firstUnits) {
    int count = ofBlocks.stream().mapToInt(WinnerList::count).sum();
    int[] samples = new int[count];
    int[] units = new int[count];
    float[] values = new float[count];
    int at = 0;
    for (int b = 0; b < firstUnits.length; b++) {
      WinnerList block = ofBlocks.get(b);
      for (int i = 0; i < block.count(); i++) {
        samples[at] = block.samples()[i];
        units[at] = firstUnits[b] + block.units()[i];
        values[at++] = block.values()[i];
      }
    }
    return new WinnerList(samples, units, new int[count], values);
  }

  /**
   * Some of a list.
   *
   * @param from the first
   * @param to the one behind the last
   * @param units what is taken from units' numbers
   */
  static WinnerList part(WinnerList list, int from, int to, int units) {
    int[] fewer = Arrays.copyOfRange(list.units(), from, to);
    for (int i = 0; i < fewer.length; i++) {
      fewer[i] -= units;
    }
    return new WinnerList(
        Arrays.copyOfRange(list.samples(), from, to),
        fewer,
        new int[fewer.length],
        Arrays.copyOfRange(list.values(), from, to));
  }

  /** Those that are not 0. */
  static WinnerList active(WinnerList list) {
    int[] kept = IntStream.range(0, list.count()).filter(i -> list.values()[i] != 0).toArray();
    float[] values = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      values[i] = list.values()[kept[i]];
    }
    return new WinnerList(
        IntStream.of(kept).map(i -> list.samples()[i]).toArray(),
        IntStream.of(kept).map(i -> list.units()[i]).toArray(),
        new int[kept.length],
        values);
  }
}
