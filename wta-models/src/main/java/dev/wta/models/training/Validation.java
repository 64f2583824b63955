package dev.wta.models.training;

import dev.wta.data.Dataset;
import dev.wta.models.Classifier;
import dev.wta.models.ForwardPass;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.run.AveragedParameters;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.ParameterCopy;
import dev.wta.models.run.TrainingState;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Validates a training on held-out samples: after each epoch their error is measured, the
 * parameters of the best epoch are kept, and training stops early after {@code patience} epochs
 * without a better one. The error is a classifier's error rate, from its first epoch with labels
 * on, or the fraction of variance unexplained of other models, with the competition and the batches
 * of training. Where parameters are averaged, all of this is of the averages.
 */
final class Validation implements AutoCloseable {
  private final TrainingPlan plan;
  private final Dataset samples;
  private final ParameterCopy parameters;
  private final Optional<AveragedParameters> average;
  private Optional<BestEpoch> best;

  private Validation(
      TrainingPlan plan,
      Dataset samples,
      TrainingState start,
      Optional<AveragedParameters> average) {
    this.plan = plan;
    this.samples = samples;
    this.average = average;
    parameters = new ParameterCopy(plan.model());
    best = start.best();
  }

  /** That of a training which holds samples out; empty for others. */
  static Optional<Validation> of(
      TrainingPlan plan, TrainingState start, Optional<AveragedParameters> average) {
    return plan.split().validation().map(held -> new Validation(plan, held, start, average));
  }

  /** Whether a training has finished, with all of its epochs done or before. */
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
      takeNewest();
    }
    return OptionalDouble.of(error);
  }

  /** The parameters that the last error is of. */
  private void takeNewest() {
    average.ifPresentOrElse(parameters::take, parameters::take);
  }

  private double error() {
    double[] error = new double[1];
    Runnable measure = () -> error[0] = errorNow();
    average.ifPresentOrElse(kept -> kept.use(measure), measure);
    return error[0];
  }

  private double errorNow() {
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
  ParameterCopy parametersToSave() {
    if (best.isEmpty()) {
      takeNewest();
    }
    return parameters;
  }

  /** Room for the parameters of the best epoch. */
  ParameterCopy parameters() {
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
