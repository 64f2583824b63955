package dev.wta.models;

import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
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
   * FeatureExtractor#featureShape}. The file appears once it is whole.
   *
   * @param provenance where the features come from, kept in the file's schema
   * @return whether the file was written: false if {@code progress} ended it
   * @throws dev.wta.api.WtaException if the samples' shape is not the encoder's, or no file can be
   *     written there
   */
  public static boolean write(
      FeatureExtractor encoder,
      Dataset data,
      Path out,
      Map<String, String> provenance,
      Progress progress) {
    int[] labels = data.labelled() ? data.labels() : null;
    try (ForwardPass pass = ForwardPass.of(encoder, data);
        ArrowDatasetWriter writer =
            ArrowDatasetWriter.create(
                out, encoder.featureShape(), ElementType.FLOAT32, data.labelled(), provenance)) {
      while (pass.next()) {
        int done = pass.done();
        writer.append(
            pass.codes(),
            labels == null ? null : Arrays.copyOfRange(labels, done - pass.count(), done),
            pass.count());
        if (!progress.encoded(done, data.size())) {
          return false;
        }
      }
      writer.commit();
      return true;
    }
  }
}
