package dev.wta.models.training;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.models.Classifier;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import java.util.Optional;

/** The second stage of a classifier's training: steps that see labels. */
final class ClassifierStage implements AutoCloseable {
  private final TrainingPlan plan;
  private final Classifier model;
  private final int[] labels;
  private final Tensor ofBatch;
  private final float[] onHost;

  private ClassifierStage(TrainingPlan plan, Classifier model) {
    this.plan = plan;
    this.model = model;
    labels = begun(plan.epochs() - 1) ? plan.split().train().labels() : new int[0];
    ofBatch = model.backend().memory().allocate(Shape.of(plan.batch()));
    onHost = new float[plan.batch()];
  }

  /** That of a classifier; empty for other models. */
  static Optional<ClassifierStage> of(TrainingPlan plan) {
    return plan.model() instanceof Classifier classifier
        ? Optional.of(new ClassifierStage(plan, classifier))
        : Optional.empty();
  }

  /**
   * Whether the stage has begun.
   *
   * @param epoch the epoch at work, from 0
   */
  boolean begun(int epoch) {
    return epoch >= plan.pretraining();
  }

  /**
   * A step that sees labels.
   *
   * @param input the batch's samples, pre-processed
   * @param batch whose rows are those of the data that is trained on
   */
  StepOutput step(Tape tape, Tensor input, Batch batch) {
    for (int i = 0; i < batch.count(); i++) {
      onHost[i] = labels[batch.rows()[i]];
    }
    Tensor target = batch.count() == onHost.length ? ofBatch : ofBatch.rows(0, batch.count());
    model.backend().memory().upload(onHost, 0, target);
    return model.step(tape, input, target);
  }

  @Override
  public void close() {
    ofBatch.close();
  }
}
