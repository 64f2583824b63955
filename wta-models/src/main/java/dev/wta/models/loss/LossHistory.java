package dev.wta.models.loss;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;

/**
 * The losses of the open logging interval and of the open epoch. They stay on the device, a slot a
 * step, until somebody reads them, so that no step waits for its own.
 */
public final class LossHistory implements AutoCloseable {
  private final Memory memory;
  private final Tensor losses;
  private final Tensor[] slots;
  private final float[] host;
  private final int[] samples;
  private int used;
  private double sum;
  private long count;
  private double epochSum;
  private long epochCount;

  /**
   * A history of no steps yet.
   *
   * @param capacity the most steps between two reads
   */
  public LossHistory(Memory memory, int capacity) {
    this.memory = memory;
    this.losses = memory.allocate(Shape.of(capacity));
    this.slots = new Tensor[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = losses.rows(i, 1);
    }
    this.host = new float[capacity];
    this.samples = new int[capacity];
  }

  /**
   * Restores the sums of the open interval and epoch, for a run that is resumed.
   *
   * @param sum of the open interval's losses, each times its samples
   * @param count the interval's samples
   * @param epochSum the same of the open epoch
   * @param epochCount the epoch's samples
   */
  public void resume(double sum, long count, double epochSum, long epochCount) {
    this.sum = sum;
    this.count = count;
    this.epochSum = epochSum;
    this.epochCount = epochCount;
  }

  public void add(Loss loss, int batch) {
    loss.writeTo(slots[used]);
    samples[used++] = batch;
  }

  /** Whether the next {@link #add} needs a {@link #read} before it. */
  public boolean full() {
    return used == slots.length;
  }

  /**
   * Reads what was added since the last read. Waits for the device.
   *
   * @return how many steps ago the first loss that is not a finite number was added; -1 if all are
   */
  public int read() {
    memory.download(losses, host, 0);
    for (int i = 0; i < used; i++) {
      if (!Float.isFinite(host[i])) {
        return used - 1 - i;
      }
      double ofStep = (double) host[i] * samples[i];
      sum += ofStep;
      count += samples[i];
      epochSum += ofStep;
      epochCount += samples[i];
    }
    used = 0;
    return -1;
  }

  /** The losses read in this interval, times their samples. */
  public double sum() {
    return sum;
  }

  /** The samples of the losses read in this interval. */
  public long count() {
    return count;
  }

  /** The losses read in this epoch, times their samples. */
  public double epochSum() {
    return epochSum;
  }

  /** The samples of the losses read in this epoch. */
  public long epochCount() {
    return epochCount;
  }

  public void beginEpoch() {
    epochSum = 0;
    epochCount = 0;
  }

  public void beginInterval() {
    sum = 0;
    count = 0;
  }

  @Override
  public void close() {
    losses.close();
  }
}
