package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.settings.SettingsRecord;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A model with a classifier of its own. It is trained in two stages: without labels by {@link
 * #step(Tape, Variable)}, as any model, and then with them by {@link #step(Tape, Variable,
 * Tensor)}. Its family says {@link ModelFamily#classifies}.
 */
public abstract class Classifier extends Model {

  /** As {@link Model#Model}. */
  protected Classifier(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend, Seed seed) {
    super(family, settings, sampleShape, backend, seed);
  }

  /** The number of classes; labels are numbered from 0. */
  public abstract int classes();

  /**
   * One forward pass of the second stage.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @param labels {@code (samples)}: the samples' classes as whole numbers
   */
  protected abstract StepOutput step(Tape tape, Variable x, Tensor labels);

  /**
   * The score of each sample for each class: the highest one is the prediction.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return {@code (samples, classes)}
   */
  protected abstract Variable scores(Tape tape, Variable x);

  /**
   * One forward pass of the second stage, as {@link Model#step(Tape, Tensor)} is of the first.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param labels {@code (samples)}: the samples' classes as whole numbers
   */
  public final StepOutput step(Tape tape, Tensor batch, Tensor labels) {
    try (var _ = backend().hold()) {
      return step(tape, input(tape, batch), labels);
    }
  }

  /**
   * The scores of a batch.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param scores {@code (samples, classes)}, overwritten
   */
  public final void score(Tensor batch, Tensor scores) {
    infer(batch, (tape, x) -> copy(scores(tape, x), scores));
  }

  /** Receives each classified batch, in the data's order. */
  @FunctionalInterface
  public interface ScoreListener {
    /**
     * A batch was classified.
     *
     * @param scores {@code (count, classes)}, in an array of this batch alone
     * @param predicted the class of each sample
     */
    void classified(float[] scores, int[] predicted);
  }

  /**
   * The classes of a data set's samples, which are pre-processed as in training; of equal scores
   * the lower class.
   *
   * @throws WtaException if the samples' shape is not this model's, or one holds a number that is
   *     not finite
   */
  public final int[] predict(Dataset data) {
    return predict(data, (scores, predicted) -> {});
  }

  /** As {@link #predict(Dataset)}, {@code listener} receives each batch. */
  public final int[] predict(Dataset data, ScoreListener listener) {
    int[] predicted = new int[data.size()];
    try (ForwardPass pass = ForwardPass.of(this, data).finite()) {
      while (pass.next()) {
        int first = pass.done() - pass.count();
        float[] scores =
            infer(pass.input(), (tape, x) -> backend().memory().download(scores(tape, x).value()));
        for (int i = 0; i < pass.count(); i++) {
          predicted[first + i] = highest(scores, i * classes());
        }
        listener.classified(scores, Arrays.copyOfRange(predicted, first, pass.done()));
      }
    }
    return predicted;
  }

  private int highest(float[] scores, int from) {
    int best = 0;
    for (int k = 1; k < classes(); k++) {
      if (scores[from + k] > scores[from + best]) {
        best = k;
      }
    }
    return best;
  }

  /** The misclassified part of labelled samples. */
  public final double error(Dataset data) {
    int[] labels = data.labels();
    int[] predicted = predict(data);
    long wrong = IntStream.range(0, labels.length).filter(i -> predicted[i] != labels[i]).count();
    return wrong / (double) labels.length;
  }

  /**
   * Checks that labels are classes of this model.
   *
   * @throws WtaException if the data has none, or one is not
   */
  public final void requireClasses(Dataset data) {
    int there = data.classes();
    if (there > classes()) {
      throw new WtaException(
          "%s has labels up to %d, and the model has %d classes, numbered from 0"
              .formatted(data.name(), there - 1, classes()),
          "set classes to " + there);
    }
  }
}
