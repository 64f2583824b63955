package dev.wta.api.reference;

import dev.wta.api.base.StoredWinners;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;

/** Winners in columns; slot {@code w} holds winner {@code w} of the canonical order. */
final class ReferenceWinners extends StoredWinners {
  private final ReferenceTensor values;
  private final int[] samples;
  private final int[] units;
  private final int[] positions;
  private int count;
  private long nanCount;

  ReferenceWinners(ReferenceStorage storage, Shape code, int capacity) {
    super(storage, code, capacity);
    this.values = ReferenceTensor.viewing(storage, Shape.of(capacity));
    this.samples = new int[capacity];
    this.units = new int[capacity];
    this.positions = new int[capacity];
  }

  /** Replaces the winners; they come in canonical order. */
  void replace(WinnerList winners, long nanCount) {
    this.count = winners.count();
    this.nanCount = nanCount;
    System.arraycopy(winners.samples(), 0, samples, 0, count);
    System.arraycopy(winners.units(), 0, units, 0, count);
    System.arraycopy(winners.positions(), 0, positions, 0, count);
    for (int w = 0; w < count; w++) {
      values.set(w, winners.values()[w]);
    }
  }

  int sample(int w) {
    return samples[w];
  }

  int unit(int w) {
    return units[w];
  }

  int position(int w) {
    return positions[w];
  }

  /** Where in the dense code winner {@code w} stands. */
  int index(int w) {
    return (samples[w] * units() + units[w]) * positions() + positions[w];
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long nanCount() {
    return nanCount;
  }

  @Override
  public Tensor values() {
    return values;
  }
}
