package dev.wta.models.training;

import dev.wta.api.tensor.Winners;
import dev.wta.data.Batch;
import dev.wta.models.Model;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.metrics.Measurement;
import java.util.Map;
import java.util.Optional;

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
   * Further numbers of a logging interval: they are logged, drawn and told with the trainer's own,
   * in {@code metrics.jsonl}, TensorBoard and the report.
   *
   * @return by name, none of which is logged already; what is not finite is left out of the log
   */
  default Map<String, Double> metrics(Interval interval) {
    return Map.of();
  }

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
