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

/**
 * A model with a classifier of its own. It is trained in two stages: without labels by {@link
 * #step(Tape, Variable)}, as any model, and then with them by {@link #step(Tape, Variable,
 * Tensorsor)}. Its family says {@link ModelFamily#classifies}.
 */
public abstract class Classifier extends Model {

  /** As {@link Model#Model}. */
  protected Classifier(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend, Seed seed) {
    super(family, settings, sampleShape, backend, seed);
  }

  /** The number of classes that it tells apart, from 0. */
  public abstract int classes();

  /**
   * One forward pass of the second stage.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @param labels {@code (samples)}: the samples' classes as whole numbers
   */
  protected abstract StepOutput step(Tape tape, Variable x, Tensor labels);

  /**
   * How much each sample looks like one of each class: the highest score wins.
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

  /**
   * The classes of a data set's samples, which are pre-processed as in training.
   *
   * @throws WtaException if the samples' shape is not this model's
   */
  public final int[] predict(Dataset data) {
    try (Classification classification = new Classification(this, data)) {
      return classification.run();
    }
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
          "%s has labels up to %d, and the model tells %d classes apart, from 0"
              .formatted(data.name(), there - 1, classes()),
          "set classes to " + there);
    }
  }
}
