package dev.wta.eval.metrics;

import dev.wta.api.ProgressListener;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import java.util.List;

/**
 * The sparsity and the reconstruction quality of a code over a data set. A feature is active where
 * it is not 0.
 *
 * <p>There are two codes. {@code l0} and what follows it are of the features: what {@link
 * FeatureExtractor#encode} computes, competition off. {@code decodedL0} and the errors are of the
 * code that {@link Model#reconstruct} decodes, competition as in training among the samples of a
 * batch. For the sparse autoencoders they are one and the same, that of inference; where training
 * has them compete for a batch's places, its own log has the L0 and the explained variance of that
 * code.
 *
 * @param samples the samples looked at
 * @param features the length of the code
 * @param l0 the mean number of active features of a sample
 * @param density {@code l0 / features}
 * @param deadUnits the features that no sample activates
 * @param lifetimes a histogram of the features by the part of the samples that activate them: entry
 *     {@code b} of 20 counts those from {@code b/20} up to, not including, {@code (b+1)/20}; a
 *     feature that is always active is in the last
 * @param meanSquaredError {@code sum |x - x^|^2 / (samples * inputs)}, of samples after their
 *     pre-processing
 * @param explainedVariance {@code 1 - sum |x - x^|^2 / sum |x - mean|^2}, where {@code mean} is
 *     that of each input dimension over the data set: 1 for a perfect reconstruction, 0 for
 *     predicting the mean; NaN where the data do not vary. One factor or one shift of all samples,
 *     as of {@code mean-norm}, does not change it
 * @param decodedL0 the mean number of activations other than 0 in the codes that were decoded
 * @param explainedVarianceLegacy the mean over samples of {@code 1 - |x - x^|^2 / |x - mean|^2},
 *     {@code mean} being that of a batch: what SAELens calls {@code explained_variance_legacy}
 * @param inputMeanSquaredError as {@code meanSquaredError}, in the inputs' own unit; NaN where the
 *     pre-processing cannot be undone, or not without much work ({@code zca}). All of what
 *     reconstructions are needed for is NaN for an encoder that does not reconstruct
 */
public record SparsityMetrics(
    long samples,
    int features,
    double l0,
    double density,
    int deadUnits,
    List<Integer> lifetimes,
    double meanSquaredError,
    double explainedVariance,
    double decodedL0,
    double explainedVarianceLegacy,
    double inputMeanSquaredError) {
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
