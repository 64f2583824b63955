package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.models.Classifier;
import dev.wta.models.ModelFamilies;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What classes a model's own classifier gives a data set's samples, and how often it is wrong.
 *
 * @param confusion how often each class was taken for each; empty for data without labels
 */
public record ClassPredictions(int samples, int classes, Optional<ConfusionMatrix> confusion) {

  /**
   * Checks that a run's model has a classifier of its own, and that it has seen labels, before
   * anything is opened for it.
   *
   * @throws WtaException if it has none, or that has learnt nothing yet
   */
  public static void requireClassifier(RunDirectory run) {
    String family = run.config().family();
    if (!ModelFamilies.named(family).classifies()) {
      throw new WtaException(
          "%s is a run of '%s', which has no classifier of its own".formatted(run.path(), family),
          "measure its features by wta probe");
    }
    int epochs = run.state().map(TrainingState::epoch).orElse(0);
    Object unlabelled = run.config().training().get(TrainingSettings.PRETRAINING);
    if (unlabelled instanceof Number first && first.intValue() > 0 && epochs <= first.intValue()) {
      throw new WtaException(
          "the classifier of %s has not learnt yet: it was trained for %d epoch%s, and its first %d see no labels"
              .formatted(run.path(), epochs, epochs == 1 ? "" : "s", first.intValue()),
          "resume its training to more epochs (wta train --resume), or measure its features by wta"
              + " probe");
    }
  }

  /**
   * Checks that a file's name says its format, before anything is opened for it.
   *
   * @throws WtaException if it ends in neither {@code .arrow} nor {@code .csv}
   */
  public static void requireFormat(Path out) {
    PredictionFile.requireKnown(out);
  }

  /**
   * Predicts.
   *
   * @throws WtaException if the data does not fit the model
   */
  public static ClassPredictions of(Classifier model, Dataset data, ProgressListener listener) {
    return of(model, data, labels(data), listener, (scores, classes) -> {});
  }

  /**
   * Predicts, and writes the predictions to a file: the scores of the classes as features and the
   * predicted class as label of an Arrow file, or a line a sample of a CSV file.
   *
   * @param source where the predictions come from, kept in an Arrow file's schema
   * @throws WtaException if the data does not fit the model, or the file cannot be written
   */
  public static ClassPredictions write(
      Classifier model, Dataset data, Path out, String source, ProgressListener listener) {
    Optional<int[]> labels = labels(data);
    try (PredictionFile file = PredictionFile.create(out, model.classes(), labels, source)) {
      ClassPredictions predictions = of(model, data, labels, listener, file::append);
      file.commit();
      return predictions;
    }
  }

  private static Optional<int[]> labels(Dataset data) {
    return data.labelled() ? Optional.of(data.labels()) : Optional.empty();
  }

  private static ClassPredictions of(
      Classifier model,
      Dataset data,
      Optional<int[]> labels,
      ProgressListener listener,
      Classifier.ScoreListener scores) {
    int[] done = {0};
    int[] predicted =
        model.predict(
            data,
            (ofBatch, classes) -> {
              scores.classified(ofBatch, classes);
              done[0] += classes.length;
              listener.progressed("predicting", done[0], data.size());
            });
    return new ClassPredictions(
        data.size(), model.classes(), labels.map(truth -> ConfusionMatrix.of(truth, predicted)));
  }
}
