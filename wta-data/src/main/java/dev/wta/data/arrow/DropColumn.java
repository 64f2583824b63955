package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/** The column of integers by which samples are left out: one a sample, in lists or not. */
final class DropColumn {
  private DropColumn() {}

  /**
   * The samples that stay.
   *
   * @param samples how many there are
   * @throws WtaException if there is no such column, it has no integer for each sample, or none
   *     stays
   */
  static int[] kept(MappedFile file, ArrowIndex arrow, ReadOptions.Drop drop, int samples) {
    BitSet kept = new BitSet(samples);
    AtomicInteger count = new AtomicInteger();
    IntegerColumn.read(
        file,
        arrow,
        drop.column(),
        value -> kept.set(count.getAndIncrement(), !drop.values().contains(value)));
    if (count.get() != samples) {
      throw new WtaException(
          "column '%s' of %s has %d values for %d samples"
              .formatted(drop.column(), file.name(), count.get(), samples),
          "give one for each sample");
    }
    if (kept.isEmpty()) {
      throw new WtaException(
          "--drop leaves no sample of " + file.name(), "drop fewer values of " + drop.column());
    }
    return kept.stream().toArray();
  }
}
