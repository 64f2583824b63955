package dev.wta.eval.metrics;

import dev.wta.api.ProgressListener;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import java.util.List;

/**
 * How sparse a code is and what it keeps of its input, over a data set. A feature is active where
 * it is not 0. The code is the one that {@link FeatureExtractor#encode} answers, competition off;
 * the reconstruction is {@link Model#reconstruct}'s, competition as in training.
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
 *     predicting the mean; NaN where the data do not vary. Both are NaN for an encoder that does
 *     not reconstruct
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

  /**
   * Measures an encoder, batch by batch. Samples are pre-processed as {@link
   * FeatureExtractor#encode(Dataset)} does.
   *
   * @throws dev.wta.api.WtaException if the samples' shape is not the encoder's
   */
  public static SparsityMetrics of(FeatureExtractor encoder, Dataset data) {
    return SparsityMeter.of(encoder, data, ProgressListener.SILENT).metrics();
  }
}
