package dev.wta.eval.metrics;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import java.util.List;

/**
 * How sparse a code is and what it keeps of its input, over a data set. A feature is active where
 * it is not 0. The code is the one that {@link Model#encode} answers, competition off; the
 * reconstruction is {@link Model#reconstruct}'s, competition as in training.
 *
 * @param samples the samples looked at
 * @param features the length of the code
 * @param l0 the mean number of active features of a sample
 * @param density {@code l0 / features}
 * @param deadUnits the features that no sample activates
 * @param lifetimes a histogram of the features by the part of the samples that activate them: entry
 *     {@code b} of 20 counts those from {@code b/20} up to, not including, {@code (b+1)/20}; a
 *     feature that is always active is in the last
 * @param meanSquaredError {@code sum |x - x^|^2 / (samples * inputs)}
 * @param explainedVariance {@code 1 - sum |x - x^|^2 / sum |x - mean|^2}, where {@code mean} is
 *     that of each input dimension over the data set: 1 for a perfect reconstruction, 0 for
 *     predicting the mean; NaN where the data do not vary. Both are NaN for a model that does not
 *     reconstruct
 */
public record SparsityMetrics(
    long samples,
    int features,
    double l0,
    double density,
    int deadUnits,
    List<Integer> lifetimes,
    double meanSquaredError,
    double explainedVariance) {
  /** The number of entries of {@link #lifetimes}. */
  public static final int LIFETIME_BINS = 20;

  /** The same of a model that does not reconstruct. */
  public SparsityMetrics withoutReconstruction() {
    return new SparsityMetrics(
        samples, features, l0, density, deadUnits, lifetimes, Double.NaN, Double.NaN);
  }

  /**
   * Measures a model, batch by batch. Samples are pre-processed as {@link Model#encode(Dataset)}
   * does.
   *
   * @throws dev.wta.api.WtaException if the samples' shape is not the model's
   */
  public static SparsityMetrics of(Model model, Dataset data) {
    model.requireShape(data);
    Preprocessing preprocessing =
        model.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    Backend backend = model.backend();
    Shape sample = model.sampleShape();
    int inputs = Math.toIntExact(sample.size());
    int capacity = Math.min(model.encodingBatch(), data.size());
    SparsityMeter meter = new SparsityMeter(inputs, model.features());
    float[] code = new float[capacity * model.features()];
    float[] reconstruction = new float[capacity * inputs];
    try (Batches batches = Batches.inOrder(data, capacity);
        Tensor x = backend.memory().allocate(sample.batch(capacity));
        Tensor features = backend.memory().allocate(Shape.of(capacity, model.features()));
        Tensor out = backend.memory().allocate(Shape.of(capacity, inputs))) {
      Batch batch = batches.newBatch();
      while (batches.next(batch)) {
        int count = batch.count();
        preprocessing.apply(batch.values(), count, sample);
        backend.memory().upload(batch.values(), 0, x.rows(0, count));
        model.encode(x.rows(0, count), features.rows(0, count));
        if (model.reconstructs()) {
          model.reconstruct(x.rows(0, count), out.rows(0, count));
        }
        backend.memory().download(features.rows(0, count), code, 0);
        backend.memory().download(out.rows(0, count), reconstruction, 0);
        meter.add(batch.values(), code, reconstruction, count);
      }
    }
    return model.reconstructs() ? meter.metrics() : meter.metrics().withoutReconstruction();
  }
}
