package dev.wta.models.training;

import dev.wta.data.Dataset;
import dev.wta.models.Classifier;
import dev.wta.models.ForwardPass;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.BestParameters;
import dev.wta.models.run.TrainingState;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Watches a training on samples that are held out: their error is measured after each epoch, the
 * parameters of the best one are kept, and training ends early once there was no better one for a
 * while. Of a classifier the error is the misclassified part, from its first epoch with labels on;
 * of other models, the part of the variance that reconstructions leave unexplained, with the
 * competition and the batches of training.
 */
final class Validation implements AutoCloseable {
  private final TrainingPlan plan;
  private final Dataset samples;
  private final BestParameters parameters;
  private Optional<BestEpoch> best;

  private Validation(TrainingPlan plan, Dataset samples, TrainingState start) {
    this.plan = plan;
    this.samples = samples;
    parameters = new BestParameters(plan.model());
    best = start.best();
  }

  /** That of a training which holds samples out; empty for others. */
  static Optional<Validation> of(TrainingPlan plan, TrainingState start) {
    return plan.split().validation().map(held -> new Validation(plan, held, start));
  }

  /** Whether a training has come to its end, with all of its epochs done or before. */
  static boolean over(int epoch, Optional<BestEpoch> best, TrainingSettings settings) {
    return epoch >= settings.epochs()
        || best.isPresent() && epoch - best.get().epoch() >= settings.patience();
  }

  /**
   * Ends an epoch.
   *
   * @param done how many epochs are done
   * @return the error on the samples held out; empty if its time has not come, or it is not finite
   */
  OptionalDouble endEpoch(int done) {
    if (done <= plan.pretraining()) {
      return OptionalDouble.empty();
    }
    double error = error();
    if (!Double.isFinite(error)) {
      return OptionalDouble.empty();
    }
    if (best.isEmpty() || error < best.get().error()) {
      best = Optional.of(new BestEpoch(error, done));
      parameters.take();
    }
    return OptionalDouble.of(error);
  }

  private double error() {
    if (plan.model() instanceof Classifier classifier) {
      return classifier.error(samples);
    }
    ExplainedVariance explained =
        new ExplainedVariance(Math.toIntExact(plan.model().reconstructionShape().size()));
    try (ForwardPass pass = ForwardPass.of(plan.model(), samples, plan.batch()).finite()) {
      plan.heldTargets().ifPresent(pass::towards);
      while (pass.next()) {
        explained.add(
            pass.targets().orElseThrow(), pass.reconstructions().orElseThrow(), pass.count());
      }
    }
    return 1 - explained.value();
  }

  /** The best epoch so far; empty before the first that was measured. */
  Optional<BestEpoch> best() {
    return best;
  }

  /** The parameters of the best epoch, or the newest before the first that was measured. */
  BestParameters parametersToSave() {
    if (best.isEmpty()) {
      parameters.take();
    }
    return parameters;
  }

  /** Room for the parameters of the best epoch. */
  BestParameters parameters() {
    return parameters;
  }

  /** Gives the model the parameters of the best epoch, if there is one. */
  void finish() {
    if (best.isPresent()) {
      parameters.give();
    }
  }

  @Override
  public void close() {
    parameters.close();
  }
}
