package dev.wta.models.training;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.run.TrainingState;

/**
 * The losses of the open logging interval and of the open epoch. They stay on the device, a slot a
 * step, until somebody reads them, so that no step waits for its own.
 */
final class LossHistory implements AutoCloseable {
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
   * @param capacity the most steps between two reads
   * @param start what was read before
   */
  LossHistory(Memory memory, int capacity, TrainingState start) {
    this.memory = memory;
    this.losses = memory.allocate(Shape.of(capacity));
    this.slots = new Tensor[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = losses.rows(i, 1);
    }
    this.host = new float[capacity];
    this.samples = new int[capacity];
    this.sum = start.intervalLoss();
    this.count = start.intervalSamples();
    this.epochSum = start.epochs().loss();
    this.epochCount = start.epochs().samples();
  }

  void add(Loss loss, int batch) {
    loss.writeTo(slots[used]);
    samples[used++] = batch;
  }

  /** Whether the next {@link #add} needs a {@link #read} before it. */
  boolean full() {
    return used == slots.length;
  }

  /**
   * Reads what was added since the last read. Waits for the device.
   *
   * @return how many steps ago the first loss that is not a finite number was added; -1 if all are
   */
  int read() {
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
  double sum() {
    return sum;
  }

  /** The samples of the losses read in this interval. */
  long count() {
    return count;
  }

  /** The losses read in this epoch, times their samples. */
  double epochSum() {
    return epochSum;
  }

  /** The samples of the losses read in this epoch. */
  long epochCount() {
    return epochCount;
  }

  void beginEpoch() {
    epochSum = 0;
    epochCount = 0;
  }

  void beginInterval() {
    sum = 0;
    count = 0;
  }

  @Override
  public void close() {
    losses.close();
  }
}
