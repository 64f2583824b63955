package dev.wta.models.training;

import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.metrics.Measurement;

/**
 * Is told how training goes: progress bars, logs, pictures. Called on the training thread, between
 * steps.
 */
public interface TrainingListener {

  /**
   * A layer is next, in a model that is trained a layer at a time. Then comes what is told of any
   * training, of this layer alone.
   *
   * @param layer from 1
   */
  default void layerStarted(int layer, int layers) {}

  /**
   * A preparation before the first step, such as fitting a whitening, has come so far.
   *
   * @param stage what is being done, for people
   * @param done the work done in this stage
   * @param total the work of this stage, at least 1
   */
  default void preparing(String stage, long done, long total) {}

  /** Training begins, or goes on after a checkpoint. */
  default void started(TrainingInfo info) {}

  /**
   * Something that users should know of this training, such as a setting that has no effect. Before
   * the first step.
   *
   * @param note a sentence without a full stop, for people
   */
  default void noted(String note) {}

  /** A step is done. Called for every step: be quick. */
  default void stepped(StepReport report) {}

  /** A logging interval is over and its numbers were read. */
  default void measured(Measurement measurement) {}

  /**
   * The samples that are held out were measured, after an epoch.
   *
   * @param error of a classifier the misclassified part of them, of other models the part of their
   *     variance that reconstructions leave unexplained
   * @param best the best epoch so far
   */
  default void validated(double error, BestEpoch best) {}

  /**
   * An epoch is over.
   *
   * @param epoch how many epochs are done
   */
  default void epochEnded(int epoch, long step) {}

  /** A checkpoint of that step is safely on disk. */
  default void checkpointed(long step) {}

  /** Training is over, finished or stopped. Not called where it failed. */
  default void finished(TrainingResult run) {}
}
