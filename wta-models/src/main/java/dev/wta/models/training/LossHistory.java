package dev.wta.models.training;

import dev.wta.api.Memory;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.models.tape.Loss;

/**
 * The losses of the open logging interval. They stay on the device, a slot a step, until somebody
 * reads them, so that no step waits for its own.
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

  /**
   * @param capacity the most steps between two reads
   * @param sum the losses of the interval so far, times their samples
   * @param count the samples of the interval so far
   */
  LossHistory(Memory memory, int capacity, double sum, long count) {
    this.memory = memory;
    this.losses = memory.allocate(Shape.of(capacity));
    this.slots = new Tensor[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = losses.rows(i, 1);
    }
    this.host = new float[capacity];
    this.samples = new int[capacity];
    this.sum = sum;
    this.count = count;
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
      sum += (double) host[i] * samples[i];
      count += samples[i];
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

  void beginInterval() {
    sum = 0;
    count = 0;
  }

  @Override
  public void close() {
    losses.close();
  }
}
