package dev.wta.data.importer;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;

/** Samples of a foreign format, handed out once and in order. */
public interface SampleSource extends AutoCloseable {
  /** The shape of one sample: {@code (channels, height, width)} of pictures. */
  Shape sampleShape();

  ElementType elementType();

  boolean labelled();

  /** How many samples there are; some of them may turn out to be unreadable and be left out. */
  int size();

  /**
   * Fills a chunk, or what of it the rest fills, and checks at the end that nothing is left over.
   *
   * @return how many samples of the chunk are filled, 0 at the end
   * @throws dev.wta.api.WtaException if the source is damaged
   */
  int read(SampleChunk chunk);

  @Override
  void close();
}
