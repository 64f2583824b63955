package dev.wta.backend.cpu.memory;

import dev.wta.api.base.StoredWinners;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;

/**
 * Winners in canonical order: by unit, then sample, then position. That is compressed-sparse-column
 * form, so a unit's winners are a run of slots; {@link #bySample} lists the slots of each sample's
 * winners in ascending order.
 */
public final class CpuWinners extends StoredWinners {
  private final CpuTensor values;
  private final int[] unitStart; // (units + 1)
  private final int[] sampleStart; // (samples + 1)
  private final int[] sample; // (capacity)
  private final int[] unit; // (capacity)
  private final int[] position; // (capacity), empty for a fully-connected code
  private final int[] bySample; // (capacity)
  private int count;
  private long nanCount;
  private boolean indexed;

  /**
   * @param values of {@code (capacity)}, a view
   */
  CpuWinners(CpuTensor.Storage storage, Shape code, CpuTensor values) {
    super(storage, code, values.length());
    int capacity = values.length();
    this.values = values;
    this.unitStart = new int[code.extent(1) + 1];
    this.sampleStart = new int[code.rows() + 1];
    this.sample = new int[capacity];
    this.unit = new int[capacity];
    this.position = code.rank() == 2 ? new int[0] : new int[capacity];
    this.bySample = new int[capacity];
  }

  /** Slot at which each unit's winners begin; the last entry is the count. */
  public int[] unitStart() {
    return unitStart;
  }

  /**
   * Makes sure that {@link #sampleStart} and {@link #bySample} are those of the present winners.
   * Called before they are read, on one thread.
   */
  public void indexBySample() {
    if (!indexed) {
      sortBySample();
      indexed = true;
    }
  }

  /**
   * Index into {@link #bySample} at which each sample's winners begin; the last entry is the count.
   */
  public int[] sampleStart() {
    return sampleStart;
  }

  /** The sample of each slot. */
  public int[] sample() {
    return sample;
  }

  /** The unit of each slot. */
  public int[] unit() {
    return unit;
  }

  /**
   * The position of each slot; an empty array for a fully-connected code, whose positions are 0.
   */
  public int[] position() {
    return position;
  }

  /** The slots by sample, ascending within each. */
  public int[] bySample() {
    return bySample;
  }

  public boolean isMap() {
    return code().rank() != 2;
  }

  /**
   * Takes the winners that were written to {@link #sample}, {@link #position} and the values in
   * canonical order, with {@link #unitStart} set, as the new ones: fills in the units, and zeros in
   * the unused slots.
   */
  public void seal(long nans) {
    count = unitStart[units()];
    nanCount = nans;
    for (int u = 0; u < units(); u++) {
      Arrays.fill(unit, unitStart[u], unitStart[u + 1], u);
    }
    Arrays.fill(values.array(), values.offset() + count, values.offset() + capacity(), 0f);
    indexed = false;
  }

  /**
   * Zeros in the slots of {@code coefficients} that have no winner, so that whole-tensor operations
   * see nothing there.
   */
  public void zeroUnused(CpuTensor coefficients) {
    int start = coefficients.offset();
    Arrays.fill(coefficients.array(), start + count(), start + capacity(), 0f);
  }

  /** A stable counting sort of the slots. */
  private void sortBySample() {
    Arrays.fill(sampleStart, 0);
    int samples = samples();
    for (int slot = 0; slot < count; slot++) {
      sampleStart[sample[slot]]++;
    }
    int end = 0;
    for (int n = 0; n < samples; n++) {
      end += sampleStart[n];
      sampleStart[n] = end;
    }
    sampleStart[samples] = count;
    for (int slot = count - 1; slot >= 0; slot--) {
      bySample[--sampleStart[sample[slot]]] = slot;
    }
  }

  @Override
  public int count() {
    values.array();
    return count;
  }

  @Override
  public long nanCount() {
    values.array();
    return nanCount;
  }

  @Override
  public CpuTensor values() {
    return values;
  }
}
