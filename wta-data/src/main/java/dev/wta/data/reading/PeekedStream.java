package dev.wta.data.reading;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.SampleStream;
import java.util.Optional;

/** A stream whose samples' shape is known before they are read. */
public final class PeekedStream implements SampleStream {
  private final SampleStream stream;
  private final Shape sample;
  private final boolean labelled;
  private Optional<Dataset> first;

  /**
   * Reads the first part of a stream, which is closed with this.
   *
   * @throws WtaException if there is none, or it cannot be read
   */
  public PeekedStream(SampleStream stream) {
    this.stream = stream;
    first = stream.next();
    Dataset part =
        first.orElseThrow(
            () -> new WtaException(stream.name() + " is empty", "see what writes to it"));
    sample = part.sampleShape();
    labelled = part.labelled();
  }

  /** The shape of one sample. */
  public Shape sampleShape() {
    return sample;
  }

  /** Whether each sample has a label. */
  public boolean labelled() {
    return labelled;
  }

  @Override
  public String name() {
    return stream.name();
  }

  @Override
  public Optional<Dataset> next() {
    Optional<Dataset> part = first.isPresent() ? first : stream.next();
    first = Optional.empty();
    return part;
  }

  @Override
  public void close() {
    stream.close();
  }
}
