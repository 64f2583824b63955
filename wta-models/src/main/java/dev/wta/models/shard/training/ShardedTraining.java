package dev.wta.models.shard.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.TrainingState;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.shard.model.ShardedStep;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One rank's part in the training of a divided model. Whoever reads the samples gives every rank
 * the same mini-batches, as a trainer of the undivided model would have them:
 *
 * <pre>{@code
 * try (ShardedModel model = ShardedModel.of(settings, Shape.of(768), backend, seed, ranks);
 *     ShardedTraining training = new ShardedTraining(model, trainingSettings, totalSteps)) {
 *   TrainingState at = training.restore(place).orElse(TrainingState.START);
 *   if (at.step() == 0) {
 *     model.begin(samples, fitted, target);
 *   }
 *   // for each batch from there on, pre-processed:
 *   training.step(batch, targets, count);
 *   // now and then:
 *   training.save(place, epoch, samplesOfEpoch);
 * }
 * }</pre>
 *
 * <p>Targets are a transcoder's, and empty for other models. The model stays the caller's to close.
 */
public final class ShardedTraining implements AutoCloseable {
  private final ShardedModel model;
  private final TrainingSettings settings;
  private final long totalSteps;
  private final Optimizer optimizer;
  private final OptimizerState state;
  private final Tape tape;
  private final Tensor room;
  private final Optional<Tensor> roomOfTargets;
  private long step;
  private long savedStep = -1;

  /**
   * A training before its first step.
   *
   * @param settings the same on all ranks
   * @param totalSteps of the whole training, for the schedule
   * @throws WtaException if a setting is not served
   */
  public ShardedTraining(ShardedModel model, TrainingSettings settings, long totalSteps) {
    requireServed(settings);
    this.model = model;
    this.settings = settings;
    this.totalSteps = totalSteps;
    model
        .collective()
        .requireSame("the training", settings + " of %,d steps".formatted(totalSteps));
    optimizer = settings.chosenOptimizer();
    Backend backend = model.backend();
    Memory memory = backend.memory();
    state =
        new OptimizerState(
            optimizer,
            settings.clip(),
            model.gradientNorm(),
            backend.update(),
            memory,
            model.parameters());
    tape = Tape.recording(backend.withPrecision(settings.precision()), Seed.of(settings.seed()));
    room = memory.allocate(model.sampleShape().batch(settings.batch()));
    roomOfTargets = model.target().map(target -> memory.allocate(target.batch(settings.batch())));
  }

  /**
   * Checks that sharded training does all that settings ask for.
   *
   * @throws WtaException that names the setting, if not
   */
  public static void requireServed(TrainingSettings settings) {
    if (settings.schedule() instanceof Schedule.Plateau) {
      throw new WtaException(
          "sharded training does not serve the schedule plateau: it knows no epochs",
          "choose constant, step, linear, cosine or inverse(5e-6)");
    }
    if (settings.steps() > 0) {
      throw new WtaException(
          "sharded training runs whole epochs, and 'steps' is " + settings.steps(),
          "set steps to 0, and say how many epochs");
    }
    if (settings.heldOut() > 0) {
      throw new WtaException(
          "sharded training holds no samples out, and 'held-out' is " + settings.heldOut(),
          "set held-out to 0, and compare models on samples of your own");
    }
    if (settings.average() > 0) {
      throw new WtaException(
          "sharded training does not average parameters, and 'average' is " + settings.average(),
          "set average to 0");
    }
  }

  /** The steps done. */
  public long steps() {
    return step;
  }

  /** The learning rate of the next step. */
  public double rate() {
    return optimizer.rate() * settings.schedule().factor(step, totalSteps, settings.warmup(), 0);
  }

  /**
   * A training step. A collective. Metrics are measured every {@code log-every} steps and in the
   * last one.
   *
   * @param samples a mini-batch {@code (count, inputs)}, pre-processed, the same on all ranks
   * @param targets of a transcoder, {@code (count, outputs)}, the same; empty for other models
   * @param count at most {@code batch}
   * @throws WtaException if the loss or an activation is no number any more, on all ranks; the
   *     parameters are those before the step
   */
  public ShardedStep.Measures step(float[] samples, Optional<float[]> targets, int count) {
    Backend backend = model.backend();
    try (var _ = backend.hold()) {
      Tensor batch = upload(samples, room, count);
      Optional<Tensor> wanted =
          targets.map(given -> upload(given, roomOfTargets.orElseThrow(), count));
      double rate = rate();
      tape.reset(step);
      ShardedStep output = model.step(tape, batch, wanted);
      tape.backward(output.loss());
      boolean logged = (step + 1) % settings.logEvery() == 0 || step + 1 == totalSteps;
      ShardedStep.Measures measures = output.finish(tape, logged);
      requireSound(measures);
      step++;
      state.step(tape, rate, step);
      return measures;
    }
  }

  private Tensor upload(float[] rows, Tensor to, int count) {
    Tensor part = to.rows(0, count).reshape(Shape.of(count, to.shape().rowSize()));
    model.backend().memory().upload(rows, 0, part);
    return part;
  }

  private void requireSound(ShardedStep.Measures measures) {
    if (measures.nans() > 0 || !Double.isFinite(measures.loss())) {
      String what =
          measures.nans() > 0
              ? "%,d activations are NaN".formatted(measures.nans())
              : "the loss is no longer finite";
      throw new WtaException(
          "training diverged: %s at step %,d".formatted(what, step + 1),
          "lower 'rate' (now %s), raise 'warmup', or scale the data ('preprocess')"
              .formatted(optimizer.rate()));
    }
  }

  /**
   * Writes a checkpoint, unless this step has one, and deletes earlier ones. A collective.
   *
   * @param epoch that the next sample belongs to, from 0
   * @param samples of that epoch that are done
   * @throws WtaException if a file cannot be written
   */
  public void save(CheckpointPlace place, int epoch, int samples) {
    if (savedStep == step) {
      return;
    }
    TrainingState start = TrainingState.START;
    TrainingState now =
        new TrainingState(step, epoch, samples, 0, 0, start.epochs(), Optional.empty());
    new ShardedCheckpoint(place)
        .save(model.collective(), now, model.backend().memory(), parameters(), state.tensors());
    savedStep = step;
  }

  /**
   * Resumes from the last complete checkpoint, whatever number of ranks wrote it. A collective.
   *
   * @return its state; empty if there is none, and nothing has changed then
   * @throws WtaException if it cannot be read, or is of another model
   */
  public Optional<TrainingState> restore(CheckpointPlace place) {
    Optional<TrainingState> found =
        new ShardedCheckpoint(place)
            .restore(model.collective(), model.backend().memory(), parameters(), state.tensors());
    if (found.isPresent()) {
      step = found.get().step();
      savedStep = step;
    }
    return found;
  }

  private Map<String, Tensor> parameters() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      tensors.put(parameter.name(), parameter.value());
    }
    return tensors;
  }

  @Override
  public void close() {
    state.close();
    roomOfTargets.ifPresent(Tensor::close);
    room.close();
    tape.close();
  }
}
