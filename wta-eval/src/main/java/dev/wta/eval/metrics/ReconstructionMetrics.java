package dev.wta.eval.metrics;

/**
 * The quality of reconstructions {@code y} of samples {@code x}, over a data set. Sums are over
 * samples and inputs unless stated otherwise; what a sample of norm 0 leaves undefined is a mean
 * over the others, and NaN without any.
 *
 * @param explainedVariance {@code 1 - sum |x - y|^2 / sum |x - mean|^2}, {@code mean} being that of
 *     each input over the data set; NaN where the samples do not vary
 * @param explainedVarianceLegacy the mean over samples of {@code 1 - |x - y|^2 / |x - mean|^2},
 *     {@code mean} being that of a batch: what SAELens calls {@code explained_variance_legacy}
 * @param meanSquaredError {@code sum |x - y|^2 / (samples * inputs)}
 * @param cosine the mean of {@code x y / (|x| |y|)}
 * @param inputNorm the mean of {@code |x|}
 * @param outputNorm the mean of {@code |y|}
 * @param normRatio the mean of {@code |y| / |x|}: below 1 reconstructions shrink
 * @param relativeBias {@code sum |y|^2 / sum x y} (Rajamanoharan et al. 2024, equation 10): 1 where
 *     no factor would make the reconstructions better, below 1 where a larger one would
 */
public record ReconstructionMetrics(
    double explainedVariance,
    double explainedVarianceLegacy,
    double meanSquaredError,
    double cosine,
    double inputNorm,
    double outputNorm,
    double normRatio,
    double relativeBias) {}
