package dev.wta.data.importer;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;

/** Samples of a foreign format, handed out once and in order. */
public interface SampleSource extends AutoCloseable {
  /**
   * What the samples are.
   *
   * @param sample the shape of one: {@code (channels, height, width)} of images
   * @param size how many there are; some may turn out to be unreadable and be left out
   */
  record Form(Shape sample, ElementType type, boolean labelled, int size) {
    /** The numbers of a sample. */
    int width() {
      return Math.toIntExact(sample.size());
    }
  }

  Form form();

  /**
   * Fills a chunk, or what of it the rest fills, and checks at the end that nothing is left over.
   *
   * @return how many samples of the chunk are filled, 0 at the end
   * @throws dev.wta.api.WtaException if the source is damaged
   */
  int read(SampleChunk chunk);

  /** Closes what the source has opened itself: nothing unless it says so. */
  @Override
  default void close() {}
}
