package dev.wta.models.training;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.models.Target;
import java.util.Optional;

/** What a transcoder is to make of each batch, read and uploaded beside it. */
final class TargetBatches implements AutoCloseable {
  private final Target target;
  private final Memory memory;
  private final Batch batch;
  private final Tensor room;

  private TargetBatches(Target target, int size, Memory memory) {
    this.target = target;
    this.memory = memory;
    batch = new Batch(size, target.shape());
    room = memory.allocate(target.shape().batch(size));
  }

  /** Those of a transcoder; empty for other models. */
  static Optional<TargetBatches> of(TrainingPlan plan) {
    Memory memory = plan.model().backend().memory();
    return plan.target().map(target -> new TargetBatches(target, plan.batch(), memory));
  }

  /**
   * Reads the targets of a batch of samples.
   *
   * @param check whether to refuse numbers that are not finite
   */
  void read(Batch samples, boolean check) {
    target.read(samples, batch, check);
  }

  /** What was read, on the device: {@code (count, target)}. */
  Tensor upload() {
    Tensor rows = batch.count() == batch.capacity() ? room : room.rows(0, batch.count());
    memory.upload(batch.values(), 0, rows);
    return rows;
  }

  @Override
  public void close() {
    room.close();
  }
}
