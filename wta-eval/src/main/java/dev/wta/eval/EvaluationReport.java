package dev.wta.eval;

import dev.wta.eval.dictionary.DictionaryComparison;
import dev.wta.eval.dictionary.DictionaryMetrics;
import dev.wta.eval.dictionary.FeatureDetection;
import dev.wta.eval.dictionary.TruthComparison;
import dev.wta.eval.metrics.CodeMetrics;
import dev.wta.eval.metrics.ReconstructionMetrics;
import dev.wta.eval.sparse.SparseProbingResult;
import java.util.Map;
import java.util.Optional;

/**
 * The results of an {@link Evaluation}.
 *
 * @param data the data by {@code name}, {@code samples} and {@code digest}
 * @param reconstruction empty for an encoder that does not reconstruct, and for a transcoder
 *     without targets
 * @param ownUnit whether reconstructions were compared in the inputs' own unit, pre-processing
 *     undone, and not as the model sees them
 * @param decodedL0 the mean number of activations other than 0 in the codes that were decoded; NaN
 *     without reconstructions
 * @param code what the samples' features are like, competition off
 * @param dictionary a number for each row of the decoder
 * @param against another run's dictionary beside this one's
 * @param truth the true features beside this dictionary
 * @param probing empty without labels
 */
public record EvaluationReport(
    Map<String, Object> data,
    Optional<ReconstructionMetrics> reconstruction,
    boolean ownUnit,
    double decodedL0,
    CodeMetrics code,
    DictionaryMetrics dictionary,
    Optional<Against> against,
    Optional<Truth> truth,
    Optional<SparseProbingResult> probing) {

  /**
   * Another run.
   *
   * @param run its folder
   * @param sharedInitialisation whether both are of one family, size and seed, so that they began
   *     with the same weights
   */
  public record Against(
      String run, String family, boolean sharedInitialisation, DictionaryComparison dictionary) {}

  /**
   * The truth.
   *
   * @param dictionary its file
   * @param detection empty without true activations
   */
  public record Truth(
      String dictionary,
      TruthComparison comparison,
      Optional<FeatureDetection.Summary> detection) {}
}
