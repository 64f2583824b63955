package dev.wta.backend.cuda.memory;

import dev.wta.api.base.StoredWinners;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Winners on the device. Each has a slot, with its sample, unit, position and value; a free slot
 * has the sample -1. Two indices say which slots are a unit's and which a sample's. One of them,
 * the major, has a contiguous range of slots for each; the other has a range of a list of slots.
 * Within a range, winners are in index order.
 */
public final class CudaWinners extends StoredWinners {
  private static final int COUNTER_WORDS = 4;

  private final CudaMemory memory;
  private final CudaStorage storage;
  private final CudaTensor values;
  private boolean unitMajor = true;
  private int slots;
  private int count;
  private long nans;
  private boolean counted = true;

  CudaWinners(CudaMemory memory, CudaStorage storage, Shape code, int capacity) {
    super(storage, code, capacity);
    this.memory = memory;
    this.storage = storage;
    this.values = new CudaTensor(storage, Shape.of(capacity), COUNTER_WORDS, true);
  }

  /** Counters, five columns of slots, and a range for each unit and each sample. */
  static long bytes(Shape code, int capacity) {
    long ranges = 2L * (code.extent(1) + code.rows());
    return Integer.BYTES * (COUNTER_WORDS + 5L * capacity + ranges);
  }

  /** The slots that may hold winners: the first so many. */
  public int slots() {
    return slots;
  }

  boolean isUnitMajor() {
    return unitMajor;
  }

  // Where things are on the device

  /** A 64-bit count of NaN. */
  public long nanCounter() {
    return storage.address();
  }

  /** A 32-bit count of winners. */
  long counter() {
    return word(2);
  }

  public long sampleOf() {
    return column(1);
  }

  public long unitOf() {
    return column(2);
  }

  public long positionOf() {
    return column(3);
  }

  /** The minor index's list. */
  long list() {
    return column(4);
  }

  public long unitStart() {
    return word(COUNTER_WORDS + 5L * capacity());
  }

  public long unitEnd() {
    return unitStart() + (long) units() * Integer.BYTES;
  }

  public long sampleStart() {
    return unitEnd() + (long) units() * Integer.BYTES;
  }

  public long sampleEnd() {
    return sampleStart() + (long) samples() * Integer.BYTES;
  }

  public SlotColumns slotColumns() {
    return new SlotColumns(sampleOf(), unitOf(), positionOf(), values.address());
  }

  public Ranges ofUnit() {
    return new Ranges(unitStart(), unitEnd(), unitMajor ? 0 : list());
  }

  public Ranges ofSample() {
    return new Ranges(sampleStart(), sampleEnd(), unitMajor ? list() : 0);
  }

  private long column(int column) {
    return word(COUNTER_WORDS + (long) column * capacity());
  }

  private long word(long word) {
    return storage.address() + word * Integer.BYTES;
  }

  // What becomes of them

  /** Says what a selection is about to fill: so many slots, in ranges of units or of samples. */
  public void filling(boolean byUnit, int usedSlots) {
    unitMajor = byUnit;
    slots = usedSlots;
    counted = false;
  }

  /** As {@link #filling}, into ranges and slots that are empty; no NaN. */
  void emptied(boolean byUnit, int usedSlots) {
    filling(byUnit, usedSlots);
    memory.clear(storage.address(), COUNTER_WORDS + (long) capacity());
    memory.clear(unitStart(), 2L * (units() + samples()));
    memory.set(sampleOf(), -1, capacity());
  }

  /** No winners, no NaN. */
  void replaceByNone() {
    emptied(true, 0);
    count = 0;
    nans = 0;
    counted = true;
  }

  /** Takes winners in canonical order, which leaves the samples' index to be made. */
  void replace(WinnerList list) {
    replaceByNone();
    slots = list.count();
    count = list.count();
    int[] start = new int[units()];
    int[] end = new int[units()];
    for (int w = 0; w < count; w++) {
      int unit = list.units()[w];
      if (end[unit] == 0) {
        start[unit] = w;
      }
      end[unit] = w + 1;
    }
    Staging staging = memory.staging();
    staging.upload(MemorySegment.ofArray(list.samples()), sampleOf());
    staging.upload(MemorySegment.ofArray(list.units()), unitOf());
    staging.upload(MemorySegment.ofArray(list.positions()), positionOf());
    staging.upload(MemorySegment.ofArray(list.values()), values.address());
    staging.upload(MemorySegment.ofArray(start), unitStart());
    staging.upload(MemorySegment.ofArray(end), unitEnd());
  }

  /** The winners in canonical order, with coefficients as their values. Waits for the device. */
  WinnerList download(CudaTensor coefficients) {
    int winners = count();
    int[] order = order(winners);
    float[] slotValues = new float[slots];
    memory.staging().download(coefficients.address(), MemorySegment.ofArray(slotValues));
    float[] ordered = new float[winners];
    for (int w = 0; w < winners; w++) {
      ordered[w] = slotValues[order[w]];
    }
    return new WinnerList(
        pick(sampleOf(), order), pick(unitOf(), order), pick(positionOf(), order), ordered);
  }

  /** The slots of the winners in canonical order: unit by unit. */
  private int[] order(int winners) {
    int[] start = integers(unitStart(), units());
    int[] end = integers(unitEnd(), units());
    int[] list = unitMajor ? new int[0] : integers(list(), winners);
    int[] order = new int[winners];
    int next = 0;
    for (int unit = 0; unit < start.length; unit++) {
      for (int i = start[unit]; i < end[unit]; i++) {
        order[next++] = unitMajor ? i : list[i];
      }
    }
    return Arrays.copyOf(order, next);
  }

  private int[] pick(long column, int[] order) {
    int[] all = integers(column, slots);
    return Arrays.stream(order).map(slot -> all[slot]).toArray();
  }

  private int[] integers(long address, int length) {
    int[] numbers = new int[length];
    memory.staging().download(address, MemorySegment.ofArray(numbers));
    return numbers;
  }

  private void readCounters() {
    if (!counted) {
      int[] counters = integers(storage.address(), COUNTER_WORDS);
      nans = Integer.toUnsignedLong(counters[0]) | (long) counters[1] << 32;
      count = counters[2];
      counted = true;
    }
  }

  @Override
  public int count() {
    readCounters();
    return count;
  }

  @Override
  public long nanCount() {
    readCounters();
    return nans;
  }

  @Override
  public Tensor values() {
    return values;
  }
}
