package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.FiniteValues;
import dev.wta.data.preprocessing.Preprocessing;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The features of a data set in a backend's memory: what a probe is trained on. The caller closes
 * them.
 *
 * @param values {@code (samples, features)}
 */
public record Features(Backend backend, Tensor values) implements AutoCloseable {
  private static final int SAMPLES_AT_ONCE = 1000;

  /**
   * What an encoder makes of a data set, competition off, a batch at a time.
   *
   * @param seen hears of each batch when its features are there
   * @throws WtaException if the samples' shape is not the encoder's
   */
  public static Features of(FeatureExtractor encoder, Dataset data, Consumer<ForwardPass> seen) {
    return of(encoder, data, Optional.empty(), seen);
  }

  /**
   * As {@link #of(FeatureExtractor, Dataset, Consumer)}, whose passes know what a transcoder is to
   * make of the samples, see {@link ForwardPass#towards}.
   */
  public static Features of(
      FeatureExtractor encoder,
      Dataset data,
      Optional<Dataset> targets,
      Consumer<ForwardPass> seen) {
    Backend backend = encoder.backend();
    try (var _ = backend.hold();
        ForwardPass pass = ForwardPass.of(encoder, data)) {
      targets.ifPresent(pass::towards);
      Tensor values = backend.memory().allocate(Shape.of(data.size(), encoder.features()));
      try {
        while (pass.next()) {
          pass.encode(values.rows(pass.done() - pass.count(), pass.count()));
          seen.accept(pass);
        }
        return new Features(backend, values);
      } catch (RuntimeException failed) {
        values.close();
        throw failed;
      }
    }
  }

  /**
   * The samples themselves, scaled by {@link Preprocessing#standard} alone: what learnt features
   * have to beat.
   */
  public static Features ofSamples(Backend backend, Dataset data) {
    Shape sample = data.sampleShape();
    int width = Math.toIntExact(sample.size());
    Preprocessing standard = Preprocessing.standard(data.elementType());
    Tensor values = backend.memory().allocate(Shape.of(data.size(), width));
    try {
      for (int from = 0; from < data.size(); from += SAMPLES_AT_ONCE) {
        int count = Math.min(SAMPLES_AT_ONCE, data.size() - from);
        float[] rows =
            new float[IntSize.of((long) count * width, "features of %d samples".formatted(count))];
        data.read(from, count, rows, 0);
        int first = from;
        FiniteValues.require(data.name(), sample, rows, count, row -> data.sourceRow(first + row));
        standard.apply(rows, count, sample);
        backend.memory().upload(rows, 0, values.rows(from, count));
      }
    } catch (RuntimeException failed) {
      values.close();
      throw failed;
    }
    return new Features(backend, values);
  }

  /** The number of samples. */
  public int samples() {
    return values.shape().rows();
  }

  /** The number of features of each sample. */
  public int width() {
    return values.shape().rowSize();
  }

  /**
   * A copy of the features of some samples, which the caller closes.
   *
   * @param samples which ones, in this order
   */
  public Features subset(int... samples) {
    Tensor copy = backend.memory().allocate(Shape.of(samples.length, width()));
    for (int i = 0; i < samples.length; ) {
      int run = 1; // neighbours are copied at once
      while (i + run < samples.length && samples[i + run] == samples[i] + run) {
        run++;
      }
      backend.memory().copy(values.rows(samples[i], run), copy.rows(i, run));
      i += run;
    }
    return new Features(backend, copy);
  }

  @Override
  public void close() {
    values.close();
  }
}
