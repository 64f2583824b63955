package dev.wta.models.training;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.models.Classification;
import dev.wta.models.Classifier;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.BestParameters;
import dev.wta.models.run.TrainingState;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The second stage of a classifier's training: steps that see labels. Where samples are held out,
 * their error is measured after each of its epochs, the parameters of the best one are kept, and
 * the stage ends early once there was no better one for a while.
 */
final class ClassifierStage implements AutoCloseable {

  /** What samples that are held out need. */
  private record Watched(Classification samples, BestParameters parameters) {}

  private final TrainingPlan plan;
  private final Classifier model;
  private final int[] labels;
  private final Tensor ofBatch;
  private final float[] onHost;
  private final Optional<Watched> watched;
  private Optional<BestEpoch> best;

  private ClassifierStage(TrainingPlan plan, Classifier model, TrainingState start) {
    this.plan = plan;
    this.model = model;
    this.best = start.best();
    Memory memory = model.backend().memory();
    boolean needed = plan.epochs() > plan.settings().pretraining();
    labels = needed ? plan.split().train().labels() : new int[0];
    ofBatch = memory.allocate(Shape.of(plan.batch()));
    onHost = new float[plan.batch()];
    watched =
        plan.split()
            .validation()
            .map(
                samples ->
                    new Watched(new Classification(model, samples), new BestParameters(model)));
  }

  /** That of a classifier; empty for other models. */
  static Optional<ClassifierStage> of(TrainingPlan plan, TrainingState start) {
    return plan.model() instanceof Classifier classifier
        ? Optional.of(new ClassifierStage(plan, classifier, start))
        : Optional.empty();
  }

  /** Whether a training has come to its end, with all of its epochs done or before. */
  static boolean over(int epoch, Optional<BestEpoch> best, TrainingSettings settings) {
    return epoch >= settings.epochs()
        || best.isPresent() && epoch - best.get().epoch() >= settings.patience();
  }

  /**
   * Whether the second stage has begun.
   *
   * @param epoch the epoch at work, from 0
   */
  boolean begun(int epoch) {
    return epoch >= plan.settings().pretraining();
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

  /**
   * Ends an epoch.
   *
   * @param done how many epochs are done
   * @return the error on the samples held out; empty if there are none, or their time has not come
   */
  OptionalDouble endEpoch(int done) {
    if (watched.isEmpty() || !begun(done - 1)) {
      return OptionalDouble.empty();
    }
    double error = watched.get().samples().error();
    if (best.isEmpty() || error < best.get().error()) {
      best = Optional.of(new BestEpoch(error, done));
      watched.get().parameters().take();
    }
    return OptionalDouble.of(error);
  }

  /** The best epoch so far; empty before the first that was measured. */
  Optional<BestEpoch> best() {
    return best;
  }

  /** The parameters of the best epoch, or the newest before the first that was measured. */
  Optional<BestParameters> parametersToSave() {
    if (best.isEmpty()) {
      watched.ifPresent(held -> held.parameters().take());
    }
    return parameters();
  }

  /** Room for the parameters of the best epoch, if there are samples to choose it by. */
  Optional<BestParameters> parameters() {
    return watched.map(Watched::parameters);
  }

  /** Gives the model the parameters of the best epoch, if there is one. */
  void finish() {
    if (best.isPresent()) {
      watched.ifPresent(held -> held.parameters().give());
    }
  }

  @Override
  public void close() {
    ofBatch.close();
    watched.ifPresent(
        held -> {
          held.samples().close();
          held.parameters().close();
        });
  }
}
