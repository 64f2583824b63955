package dev.wta.models.training.samples;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.SampleStream;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;

/** A stream of samples from a program's batches, one sample per row. */
public final class BatchStream implements SampleStream {
  private final Iterator<float[][]> batches;
  private final Shape sample;
  private final Runnable closing;
  private long samples;

  /**
   * A stream.
   *
   * @param batches each {@code (samples)(numbers of a sample)}, of any number of samples
   * @param closing called once no more batches are wanted
   */
  BatchStream(Iterator<float[][]> batches, Shape sample, Runnable closing) {
    this.batches = batches;
    this.sample = sample;
    this.closing = closing;
  }

  /** Opens a stream of batches, of samples of a shape. */
  public static Function<Shape, SampleStream> from(Iterable<float[][]> batches) {
    return sample -> new BatchStream(batches.iterator(), sample, () -> {});
  }

  /** Opens a stream of batches, and closes theirs at the end. */
  public static Function<Shape, SampleStream> from(Stream<float[][]> batches) {
    return sample -> new BatchStream(batches.iterator(), sample, batches::close);
  }

  /** Subscribes to batches, and cancels that at the end. */
  public static Function<Shape, SampleStream> from(Flow.Publisher<float[][]> publisher) {
    return sample -> {
      PublishedBatches batches = PublishedBatches.of(publisher);
      return new BatchStream(batches, sample, batches::cancel);
    };
  }

  @Override
  public String name() {
    return "batches";
  }

  @Override
  public Optional<Dataset> next() {
    while (batches.hasNext()) {
      float[][] batch = batches.next();
      if (batch == null) {
        throw new WtaException(
            "the batch after %,d samples is null".formatted(samples),
            "end the batches instead, or leave it out");
      }
      if (batch.length > 0) {
        Dataset part = SampleRows.of(batch, sample, samples);
        samples += batch.length;
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closing.run();
  }
}
