package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.data.preprocessing.Preprocessing;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Writes the features of a data set to an Arrow file, a batch at a time, with its labels. */
public final class FeatureWriter {
  private FeatureWriter() {}

  /** Hears how far the encoding has come. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called after each batch.
     *
     * @return whether to go on; if not, nothing is left of the file
     */
    boolean encoded(long done, long total);
  }

  /**
   * Encodes {@code data}, competition off, into a data set of float32 samples of the shape {@link
   * Model#featureShape}. The file appears once it is whole.
   *
   * @param provenance where the features come from, kept in the file's schema
   * @return whether the file was written: false if {@code progress} ended it
   * @throws dev.wta.api.WtaException if the samples' shape is not the model's, or no file can be
   *     written there
   */
  public static boolean write(
      Model model, Dataset data, Path out, Map<String, String> provenance, Progress progress) {
    model.requireShape(data);
    Preprocessing preprocessing =
        model.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    Backend backend = model.backend();
    int capacity = Math.min(model.encodingBatch(), data.size());
    Shape features = model.featureShape();
    float[] code = new float[capacity * model.features()];
    int[] labels = data.labelled() ? data.labels() : null;
    try (ArrowDatasetWriter writer =
            ArrowDatasetWriter.create(
                out, features, ElementType.FLOAT32, data.labelled(), provenance);
        Batches batches = Batches.inOrder(data, capacity);
        Tensor x = backend.memory().allocate(model.sampleShape().batch(capacity));
        Tensor encoded = backend.memory().allocate(features.batch(capacity))) {
      Batch batch = batches.newBatch();
      int done = 0;
      while (batches.next(batch)) {
        int count = batch.count();
        preprocessing.apply(batch.values(), count, model.sampleShape());
        backend.memory().upload(batch.values(), 0, x.rows(0, count));
        model.encode(x.rows(0, count), encoded.rows(0, count));
        backend.memory().download(encoded.rows(0, count), code, 0);
        writer.append(
            code, labels == null ? null : Arrays.copyOfRange(labels, done, done + count), count);
        done += count;
        if (!progress.encoded(done, data.size())) {
          return false;
        }
      }
      writer.commit();
      return true;
    }
  }
}
