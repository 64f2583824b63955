package dev.wta.eval.metrics;

import dev.wta.api.ProbeListener;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;

/**
 * What a model does with data: its units' activity, competition off, and the sparsity of the code.
 *
 * @param units what each unit does
 * @param positions the numbers of each unit in a code: 1, or the size of its map
 * @param sparsity of the whole code
 */
public record ModelActivity(FeatureStatistics units, int positions, SparsityMetrics sparsity) {
  /** As many numbers of code are looked at: all of MNIST for 2,000 units. */
  private static final long NUMBERS = 1L << 27;

  /**
   * How many of a data set's samples to look at, evenly spread: all, or fewer where their codes are
   * so long that it would take minutes.
   */
  public static int samples(Model model, Dataset data) {
    return Math.clamp(NUMBERS / model.features(), 1, data.size());
  }

  /** Encodes the data, and reconstructs it where the model does that, a batch at a time. */
  public static ModelActivity of(Model model, Dataset data, ProbeListener listener) {
    Preprocessing preprocessing =
        model.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    Backend backend = model.backend();
    Shape sample = model.sampleShape();
    int inputs = Math.toIntExact(sample.size());
    int units = model.decoderFilters().shape().rows();
    int positions = model.features() % units == 0 ? model.features() / units : 0;
    if (positions == 0) { // not a decoder of these features: they stand for themselves
      units = model.features();
      positions = 1;
    }
    int capacity = Math.min(model.encodingBatch(), data.size());
    FeatureStatistics meter = new FeatureStatistics(units, positions);
    SparsityMeter sparsity = new SparsityMeter(inputs, model.features());
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
        meter.add(code, batch.rows(), count);
        sparsity.add(batch.values(), code, reconstruction, count);
        listener.progressed("looking at samples", data.size() - batches.remaining(), data.size());
      }
    }
    SparsityMetrics metrics = sparsity.metrics();
    return new ModelActivity(
        meter, positions, model.reconstructs() ? metrics : metrics.withoutReconstruction());
  }
}
