package dev.wta.models;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;

/**
 * The targets of a transcoder: row i is the target of sample i.
 *
 * @param data the targets, as many as samples
 * @param fitted the pre-processing of targets
 */
public record Target(Dataset data, Preprocessing fitted) {

  /**
   * Reads the targets of a batch of samples, pre-processed.
   *
   * @param room a batch of the targets' shape, overwritten
   * @param check whether to refuse numbers that are not finite
   * @throws dev.wta.api.WtaException that names the first row with such a number
   */
  public void read(Batch samples, Batch room, boolean check) {
    room.readLike(samples, data);
    if (check) {
      room.requireFinite(data);
    }
    fitted.apply(room.values(), room.count(), shape());
  }

  /** The shape of one target. */
  public Shape shape() {
    return data.sampleShape();
  }

  /** The targets of one batch of samples after the other, with room for them on the device. */
  public static final class Batches implements AutoCloseable {
    private final Target target;
    private final Memory memory;
    private final Batch batch;
    private final Tensor room;

    /**
     * None yet.
     *
     * @param size the samples of a batch
     * @param memory where they are uploaded to
     */
    public Batches(Target target, int size, Memory memory) {
      this.target = target;
      this.memory = memory;
      batch = new Batch(size, target.shape());
      room = memory.allocate(target.shape().batch(size));
    }

    /**
     * Reads the targets of a batch of samples.
     *
     * @param check whether to refuse numbers that are not finite
     */
    public void read(Batch samples, boolean check) {
      target.read(samples, batch, check);
    }

    /** What was read, on the device: {@code (count, target)}, until the next call. */
    public Tensor upload() {
      Tensor rows = batch.count() == batch.capacity() ? room : room.rows(0, batch.count());
      memory.upload(batch.values(), 0, rows);
      return rows;
    }

    @Override
    public void close() {
      room.close();
    }
  }
}
