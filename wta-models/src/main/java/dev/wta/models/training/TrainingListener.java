package dev.wta.models.training;

import dev.wta.api.tensor.Winners;
import dev.wta.data.Batch;
import dev.wta.models.Model;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.metrics.Measurement;
import java.util.Map;
import java.util.Optional;

/**
 * Receives the events of a training, for progress bars, logs or plots. Its methods are called on
 * the training thread, between steps.
 */
public interface TrainingListener {

  /**
   * The training of a layer of a stack begins. The events that follow are of this layer.
   *
   * @param layer the number of the layer, from 1
   */
  default void layerStarted(int layer, int layers) {}

  /**
   * Reports the progress of a preparation before the first step, such as fitting a whitening.
   *
   * @param stage a description of the preparation, for display
   * @param done the work done in this stage
   * @param total the work of this stage, at least 1
   */
  default void preparing(String stage, long done, long total) {}

  /** Training begins, or resumes from a checkpoint. */
  default void started(TrainingInfo info) {}

  /**
   * A warning about this training, such as a setting that has no effect. Called before the first
   * step.
   *
   * @param note a sentence without a full stop, for display
   */
  default void noted(String note) {}

  /** A step is done. Called for every step: be quick. */
  default void stepped(StepReport report) {}

  /**
   * What is known when a logging interval ends. Batch, code and model are as the last step left
   * them, and are valid until the call returns.
   *
   * @param step the steps done
   * @param epoch the epochs done
   * @param model that is trained, before the next step
   * @param batch the last step's samples, pre-processed
   * @param code the winners of the last step's code; empty where nothing competed
   * @param measured what is logged without a listener: the interval's loss, the terms and other
   *     numbers of the model
   */
  record Interval(
      long step,
      int epoch,
      Model model,
      Batch batch,
      Optional<Winners> code,
      Measurement measured) {}

  /**
   * Additional metrics of a logging interval. They are written with the trainer's own to {@code
   * metrics.jsonl}, TensorBoard and the report.
   *
   * @return by name, none of which is logged already; what is not finite is left out of the log
   */
  default Map<String, Double> metrics(Interval interval) {
    return Map.of();
  }

  /** A logging interval has ended, with these measurements. */
  default void measured(Measurement measurement) {}

  /**
   * The validation error was measured, after an epoch.
   *
   * @param error the error rate of a classifier, or the fraction of variance unexplained of other
   *     models
   * @param best the best epoch so far
   */
  default void validated(double error, BestEpoch best) {}

  /**
   * An epoch has ended.
   *
   * @param epoch the number of epochs done
   */
  default void epochEnded(int epoch, long step) {}

  /** The checkpoint of a step is on disk. */
  default void checkpointed(long step) {}

  /** Training has finished or was stopped. Not called if it failed. */
  default void finished(TrainingResult run) {}
}
