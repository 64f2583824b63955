package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.eval.probe.ConfusionMatrix;
import dev.wta.models.Classification;
import dev.wta.models.Classifier;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import dev.wta.models.training.TrainingSettings;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says what classes a run's own classifier gives a data set's samples, and how often it is wrong.
 */
public final class PredictingJob {
  private static final String STAGE = "predicting";

  private final RunDirectory run;
  private final Classifier model;
  private final Dataset data;
  private final ProbeListener listener;

  /**
   * What was predicted.
   *
   * @param confusion how often each class was taken for each; empty for data without labels
   */
  public record Summary(int samples, int classes, Optional<ConfusionMatrix> confusion) {}

  @Inject
  PredictingJob(
      RunDirectory run, @Named("data") Dataset data, Model model, ProbeListener listener) {
    this.run = run;
    this.model = (Classifier) model; // requireClassifier has seen to that
    this.data = data;
    this.listener = listener;
  }

  /**
   * Checks that a run's model has a classifier of its own, and that it has seen labels, before
   * anything is opened for it.
   *
   * @throws WtaException if it has none, or that has learnt nothing yet
   */
  public static void requireClassifier(Path run) {
    RunDirectory opened = RunDirectory.open(run);
    String family = opened.config().family();
    if (!ModelFamilies.named(family).classifies()) {
      throw new WtaException(
          "%s is a run of '%s', which has no classifier of its own".formatted(run, family),
          "measure its features by wta probe");
    }
    int epochs = opened.state().map(TrainingState::epoch).orElse(0);
    Object unlabelled = opened.config().training().get(TrainingSettings.PRETRAINING);
    if (unlabelled instanceof Number first && first.intValue() > 0 && epochs <= first.intValue()) {
      throw new WtaException(
          "the classifier of %s has not learnt yet: it was trained for %d epochs, and its first %d see no labels"
              .formatted(run, epochs, first.intValue()),
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
   * @param out the file to write the predictions to, if any
   * @throws WtaException if the data does not fit the model, or the file cannot be written
   */
  public Summary run(Optional<Path> out) {
    Optional<int[]> labels = data.labelled() ? Optional.of(data.labels()) : Optional.empty();
    int[] predicted;
    try (Classification classification = new Classification(model, data)) {
      int[] done = {0};
      if (out.isEmpty()) {
        predicted = classification.run((scores, classes) -> told(done, classes.length));
      } else {
        try (PredictionFile file =
            PredictionFile.create(out.get(), model.classes(), labels, run.path().toString())) {
          predicted =
              classification.run(
                  (scores, classes) -> {
                    file.append(scores, classes);
                    told(done, classes.length);
                  });
          file.commit();
        }
      }
    }
    return new Summary(
        data.size(), model.classes(), labels.map(truth -> ConfusionMatrix.of(truth, predicted)));
  }

  private void told(int[] done, int more) {
    done[0] += more;
    listener.progressed(STAGE, done[0], data.size());
  }
}
