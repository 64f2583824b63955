package dev.wta.data;

/** Samples batch by batch, each once. */
public interface BatchSource {
  /** Whether samples are still to come. */
  boolean more();

  /**
   * Reads the next batch; the last may be short.
   *
   * @return whether there was one
   * @throws dev.wta.api.WtaException if it cannot be read
   */
  boolean next(Batch batch);
}
