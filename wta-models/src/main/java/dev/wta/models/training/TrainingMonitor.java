package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.loss.LossHistory;
import dev.wta.models.run.EpochLosses;
import dev.wta.models.run.TrainingState;
import dev.wta.models.run.metrics.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/** Monitors a training: measures each logging interval, and detects losses that are not finite. */
final class TrainingMonitor implements AutoCloseable {
  private static final int MOST_UNREAD_LOSSES = 1000;
  private static final int MOST_REMEMBERED = 10_000;

  private final TrainingPlan plan;
  private final LossHistory losses;
  private long step;
  private long begun;
  private long samplesTimed;
  private OptionalDouble epochBefore;
  private double rateFactor;
  private Optional<Measurement> last = Optional.empty();
  private final List<Measurement> history = new ArrayList<>();
  private int keptEvery = 1;
  private int sinceKept;
  private boolean checkpoint;

  TrainingMonitor(TrainingPlan plan, TrainingState start) {
    this.plan = plan;
    this.step = start.step();
    this.checkpoint = start.step() > 0;
    Memory memory = plan.model().backend().memory();
    int capacity = Math.min(plan.settings().logEvery(), MOST_UNREAD_LOSSES);
    this.losses = new LossHistory(memory, capacity);
    losses.resume(
        start.intervalLoss(),
        start.intervalSamples(),
        start.epochs().loss(),
        start.epochs().samples());
    this.epochBefore = start.epochs().before();
    this.rateFactor = start.epochs().rateFactor();
  }

  /** Starts the clock. */
  void beginInterval() {
    begun = System.nanoTime();
    samplesTimed = 0;
  }

  void add(StepOutput output, int samples) {
    step++;
    samplesTimed += samples;
    losses.add(output.loss(), samples);
    if (losses.full()) {
      readLosses();
    }
  }

  /** What the epochs' losses have multiplied the learning rate by. */
  double rateFactor() {
    return rateFactor;
  }

  /** Ends the epoch: the schedule looks at its loss. */
  void endEpoch() {
    readLosses();
    double loss = losses.epochSum() / losses.epochCount();
    if (epochBefore.isPresent()) {
      rateFactor *= plan.schedule().afterEpoch(loss, epochBefore.getAsDouble());
    }
    epochBefore = OptionalDouble.of(loss);
    losses.beginEpoch();
  }

  /**
   * Ends the interval.
   *
   * @param rate the learning rate of the last step
   * @param completed adds what others measure
   */
  Measurement measure(
      StepOutput output, long step, int epoch, double rate, UnaryOperator<Measurement> completed) {
    readLosses();
    requireNoNanWinners(output, step);
    double seconds = (System.nanoTime() - begun) * 1e-9;
    Map<String, Double> metrics = new LinkedHashMap<>();
    output.metrics().forEach((name, value) -> metrics.put(name, value.getAsDouble()));
    Measurement own =
        new Measurement(
            step,
            epoch,
            losses.sum() / losses.count(),
            output
                .winners()
                .map(winners -> OptionalDouble.of((double) winners.count() / winners.samples()))
                .orElseGet(OptionalDouble::empty),
            samplesTimed / seconds,
            rate,
            metrics);
    Measurement measurement = completed.apply(own);
    losses.beginInterval();
    beginInterval();
    last = Optional.of(measurement);
    remember(measurement);
    return measurement;
  }

  private void remember(Measurement measurement) {
    if (++sinceKept < keptEvery) {
      return;
    }
    sinceKept = 0;
    history.add(measurement);
    if (history.size() == MOST_REMEMBERED) { // from now on half as many
      List<Measurement> every = List.copyOf(history);
      history.clear();
      for (int i = 1; i < every.size(); i += 2) {
        history.add(every.get(i));
      }
      keptEvery *= 2;
    }
  }

  /** The intervals' numbers; of very many, some evenly spread. */
  List<Measurement> history() {
    return List.copyOf(history);
  }

  /** Notes that there is a checkpoint. */
  void checkpointed() {
    checkpoint = true;
  }

  /** The last interval's numbers. */
  Optional<Measurement> last() {
    return last;
  }

  /** The losses of the open interval that were read, times their samples. */
  double intervalLoss() {
    return losses.sum();
  }

  long intervalSamples() {
    return losses.count();
  }

  /** What is known of epochs' losses. */
  EpochLosses epochs() {
    return new EpochLosses(losses.epochSum(), losses.epochCount(), epochBefore, rateFactor);
  }

  /**
   * Checks that losses, winners and parameters are finite, before they are saved.
   *
   * @throws WtaException if not
   */
  void requireSound(StepOutput output, long step) {
    readLosses();
    requireNoNanWinners(output, step);
    for (Parameter parameter : plan.model().parameters()) {
      if (!Double.isFinite(plan.model().backend().dense().sum(parameter.value()))) {
        throw diverged("'%s' is no longer finite after step %d".formatted(parameter.name(), step));
      }
    }
  }

  private void readLosses() {
    int stepsAgo = losses.read();
    if (stepsAgo >= 0) {
      throw diverged("the loss is no longer finite at step " + (step - stepsAgo));
    }
  }

  private void requireNoNanWinners(StepOutput output, long step) {
    long nans = output.winners().isPresent() ? output.winners().get().nanCount() : 0;
    if (nans > 0) {
      throw diverged("%d activations are NaN at step %d".formatted(nans, step));
    }
  }

  private WtaException diverged(String problem) {
    String kept =
        plan.directory()
            .map(
                directory ->
                    checkpoint
                        ? "; the last good checkpoint is kept in " + directory
                        : "; %s has no checkpoint yet".formatted(directory))
            .orElse("");
    String again =
        plan.directory().isEmpty() || checkpoint ? "" : ", and begin again in another folder";
    return new WtaException(
        "training diverged: " + problem + kept,
        "lower 'rate' (now %s), raise 'warmup', or scale the data ('preprocess')%s"
            .formatted(plan.optimizer().rate(), again));
  }

  @Override
  public void close() {
    losses.close();
  }
}
