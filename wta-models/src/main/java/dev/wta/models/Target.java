package dev.wta.models;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;

/**
 * What a transcoder is to make of samples: for each of them the row of the same number.
 *
 * @param data as many rows as there are samples, of a shape of their own
 * @param fitted what they go through before a reconstruction is compared with them
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
}
