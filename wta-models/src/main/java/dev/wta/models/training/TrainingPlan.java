package dev.wta.models.training;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.BatchSource;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.reading.MixedStream;
import dev.wta.models.Classifier;
import dev.wta.models.Model;
import dev.wta.models.Target;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.Origin;
import dev.wta.models.training.samples.TrainingSamples;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * All that determines a training.
 *
 * @param samples what steps read
 * @param split the data, and what of it is held out
 * @param target what the samples that steps read are to become, of a transcoder
 * @param heldTargets the same of the samples held out
 * @param preprocessing what samples still go through in each step
 * @param training the settings in force as {@code config.json} has them, those of a given optimiser
 *     and schedule included
 * @param from where the first parameters are from, if they are another run's
 * @param stream what is read once, in place of the samples, which are its first
 */
record TrainingPlan(
    Model model,
    TrainingSamples samples,
    ValidationSplit split,
    Optional<Target> target,
    Optional<Dataset> heldTargets,
    Preprocessing preprocessing,
    TrainingSettings settings,
    Map<String, Object> training,
    Optimizer optimizer,
    Schedule schedule,
    Optional<Path> directory,
    Optional<Origin> from,
    Optional<MixedStream> stream) {

  /** The steps of a training on a stream that may be endless. */
  static final long UNKNOWN_STEPS = Long.MAX_VALUE;

  /** What steps are computed by. */
  Backend backend() {
    return model.backend().withPrecision(settings.precision());
  }

  int epochs() {
    return settings.epochs();
  }

  /** The samples of a batch; the last of an epoch may be shorter. */
  int batch() {
    return Math.min(settings.batch(), samples.size());
  }

  /** The epochs of a classifier that see no labels; 0 for other models. */
  int pretraining() {
    int before = from.map(Origin::epochsBefore).orElse(0);
    return model instanceof Classifier ? Math.max(0, settings.pretraining() - before) : 0;
  }

  /** The steps behind the first parameters. */
  long stepsBefore() {
    return from.map(Origin::stepsBefore).orElse(0L);
  }

  /** The steps of the whole training, of which it may end before. */
  long totalSteps() {
    long ofEpochs =
        stream.isPresent()
            ? UNKNOWN_STEPS
            : (long) epochs() * Math.ceilDiv(samples.size(), batch());
    return settings.steps() == 0 ? ofEpochs : Math.min(settings.steps(), ofEpochs);
  }

  Seed seed() {
    return Seed.of(settings.seed());
  }

  /**
   * Batches of an epoch's samples, in its order.
   *
   * @param done the samples that are passed over
   */
  BatchSource batches(Dataset ofEpoch, int epoch, int done) {
    if (stream.isPresent()) {
      return stream.get().begin(settings.seedOfOrder());
    }
    Batches batches =
        Batches.shuffled(ofEpoch, batch(), settings.seedOfOrder(), epoch, settings.shuffleBuffer());
    batches.skip(done);
    return batches;
  }

  /** Whether the best epoch is chosen by samples that were given, and no share is held out. */
  boolean validationGiven() {
    return split.given();
  }

  Shape sample() {
    return model.sampleShape();
  }

  /**
   * The learning rate of the step after {@code step} steps, whatever the losses were: it rises over
   * what is left of the warm-up, and then the schedule begins.
   */
  double rate(long step) {
    return optimizer.rate() * schedule.factor(step, totalSteps(), settings.warmup(), stepsBefore());
  }
}
