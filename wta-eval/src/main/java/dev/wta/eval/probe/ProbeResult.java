package dev.wta.eval.probe;

import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import java.util.List;

/**
 * The results of a probe, in plain components for JSON.
 *
 * @param testError the error rate on the test samples
 * @param trainError the error rate on the training samples
 * @param c the C of the loss, chosen or given
 * @param features the number of features
 * @param scaling what was done to the features, as {@link FeatureScaling#parse} reads it
 * @param grid the values of C that were tried with their errors on held-out training samples
 * @param testErrorPerClass the error rate on each class's test samples; null for a class without
 *     any
 * @param confusion {@code confusion[truth][prediction]}: test samples
 * @param seconds wall time of the fit
 */
public record ProbeResult(
    double testError,
    double trainError,
    double c,
    int features,
    String scaling,
    List<LinearClassifier.GridScore> grid,
    List<Double> testErrorPerClass,
    List<List<Integer>> confusion,
    double seconds) {

  /**
   * Fits a probe to training samples and tries it on test samples.
   *
   * @param train {@code (samples, features)}
   * @param test {@code (test samples, features)}
   */
  public static ProbeResult of(
      LinearProbe probe, Features train, int[] trainLabels, Features test, int[] testLabels) {
    long start = System.nanoTime();
    LinearClassifier classifier = probe.fit(train, trainLabels);
    double seconds = (System.nanoTime() - start) / 1e9;
    return of(classifier, test, testLabels, seconds);
  }

  /** Tries a fitted classifier on test samples. */
  public static ProbeResult of(
      LinearClassifier classifier, Features test, int[] testLabels, double seconds) {
    ConfusionMatrix confusion = ConfusionMatrix.of(testLabels, classifier.predict(test));
    return new ProbeResult(
        confusion.error(),
        classifier.trainError(),
        classifier.c(),
        classifier.features(),
        classifier.scaling().toString(),
        classifier.grid(),
        confusion.errorPerClass(),
        confusion.counts(),
        seconds);
  }
}
