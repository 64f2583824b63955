package dev.wta.models.encoding;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.SampleStream;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.data.codes.CodeWriter;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ForwardPass;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Writes the features of samples a batch at a time, with their labels. */
public final class FeatureWriter {
  private FeatureWriter() {}

  /** Receives the progress of encoding, and may stop it. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called after each batch.
     *
     * @return whether to continue; if not, nothing is left of the file
     */
    boolean encoded(long done, long total);
  }

  /** Creates the output, once it is known whether samples have labels. */
  @FunctionalInterface
  public interface Output {
    /** The writer, which {@link FeatureWriter} closes. */
    CodeWriter begin(boolean labelled);
  }

  /**
   * Encodes {@code data}, competition off, into a data set of float32 samples of the shape {@link
   * FeatureExtractor#featureShape}. The file appears once it is whole.
   *
   * @param provenance where the features come from, kept in the file's schema
   * @return whether the file was written: false if {@code progress} ended it
   * @throws WtaException if the samples' shape is not the encoder's, or no file can be written
   *     there
   */
  public static boolean write(
      FeatureExtractor encoder,
      Dataset data,
      Path out,
      Map<String, String> provenance,
      Progress progress) {
    return write(
        encoder,
        data,
        labelled ->
            ArrowDatasetWriter.create(
                out, encoder.featureShape(), ElementType.FLOAT32, labelled, provenance),
        progress);
  }

  /**
   * Encodes {@code data}, competition off, into an output.
   *
   * @return whether it was written: false if {@code progress} ended it
   * @throws WtaException if the samples' shape is not the encoder's, or the output fails
   */
  public static boolean write(
      FeatureExtractor encoder, Dataset data, Output output, Progress progress) {
    try (ForwardPass pass = ForwardPass.of(encoder, data);
        CodeWriter writer = output.begin(data.labelled())) {
      if (!append(pass, data, writer, progress)) {
        return false;
      }
      writer.commit();
      return true;
    }
  }

  /**
   * Encodes all samples of a stream, competition off, as they arrive: in the batches of a data set
   * of the same samples, so that features have the same bits.
   *
   * @return the number of samples
   * @throws WtaException if there are none, their shape is not the encoder's, or the output fails
   */
  public static long write(FeatureExtractor encoder, SampleStream samples, Output output) {
    EqualParts parts = new EqualParts(samples, encoder.encodingBatch());
    Dataset first =
        parts
            .next()
            .orElseThrow(
                () -> new WtaException(samples.name() + " has no samples", "send at least one"));
    encoder.requireShape(first);
    try (CodeWriter writer = output.begin(first.labelled())) {
      for (Optional<Dataset> part = Optional.of(first); part.isPresent(); part = parts.next()) {
        try (ForwardPass pass = ForwardPass.of(encoder, part.get())) {
          append(pass, part.get(), writer, (_, _) -> true);
        }
      }
      writer.commit();
    }
    return parts.passed();
  }

  private static boolean append(
      ForwardPass pass, Dataset data, CodeWriter writer, Progress progress) {
    int[] labels = data.labelled() ? data.labels() : null;
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
    return true;
  }
}
