package dev.wta.models.shard.model;

import dev.wta.api.tensor.WinnerList;
import java.util.List;

/** Codes of blocks as one. */
final class Codes {
  private Codes() {}

  /**
   * The activations that are not 0, in canonical order.
   *
   * @param ofBlocks of neighbouring blocks, in their order
   * @param firstUnits the first unit of each block
   */
  static WinnerList joined(List<WinnerList> ofBlocks, int[] firstUnits) {
    int count = 0;
    for (WinnerList block : ofBlocks) {
      for (float value : block.values()) {
        count += value == 0 ? 0 : 1;
      }
    }
    int[] samples = new int[count];
    int[] units = new int[count];
    float[] values = new float[count];
    int at = 0;
    for (int b = 0; b < firstUnits.length; b++) {
      WinnerList block = ofBlocks.get(b);
      for (int i = 0; i < block.count(); i++) {
        if (block.values()[i] != 0) {
          samples[at] = block.samples()[i];
          units[at] = firstUnits[b] + block.units()[i];
          values[at++] = block.values()[i];
        }
      }
    }
    return new WinnerList(samples, units, new int[count], values);
  }
}
