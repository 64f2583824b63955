package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.reading.ReadAhead;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.run.AveragedParameters;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.Origin;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.run.TrainingState;
import dev.wta.models.run.metrics.Measurement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The training of one model, from where its run stands to its end or a stop: steps, measurements,
 * validation and checkpoints. {@link TrainingLoop} gives it the batches.
 */
final class ModelTraining implements AutoCloseable {
  private final TrainingPlan plan;
  private final Model model;
  private final Optional<RunWriter> run;
  private final List<TrainingListener> listeners;
  private final Tape tape;
  private final OptimizerState optimizer;
  private final long optimizerStepsBefore;
  private final TrainingMonitor watch;
  private final Optional<ClassifierStage> labelled;
  private final Optional<AveragedParameters> average;
  private final Optional<Validation> validation;

  private long begun;
  private long step;
  private int epoch;
  private int samplesOfEpoch;
  private long savedStep;
  private double rate;
  private StepOutput output;
  private Optional<WtaException> failure = Optional.empty();

  ModelTraining(TrainingPlan plan, Optional<RunWriter> run, List<TrainingListener> listeners) {
    this.plan = plan;
    this.model = plan.model();
    this.run = run;
    this.listeners = List.copyOf(listeners);
    Memory memory = model.backend().memory();
    TrainingState start = run.map(RunWriter::state).orElse(TrainingState.START);
    step = start.step();
    epoch = start.epoch();
    samplesOfEpoch = start.samples();
    savedStep = start.step();
    tape = Tape.recording(plan.backend(), plan.seed());
    optimizer =
        new OptimizerState(
            plan.optimizer(),
            plan.settings().clip(),
            model.backend().update(),
            memory,
            model.parameters());
    optimizerStepsBefore = plan.from().map(Origin::optimizerSteps).orElse(0L);
    watch = new TrainingMonitor(plan, start);
    labelled = ClassifierStage.of(plan);
    double decay = plan.settings().average();
    average = decay > 0 ? Optional.of(new AveragedParameters(model, decay)) : Optional.empty();
    validation = Validation.of(plan, start, average);
  }

  TrainingPlan plan() {
    return plan;
  }

  /** The epoch at work, from 0. */
  int epoch() {
    return epoch;
  }

  /** The samples of the epoch at work that are done. */
  int samplesOfEpoch() {
    return samplesOfEpoch;
  }

  /** What ended the training before its time, if anything. */
  Optional<WtaException> failure() {
    return failure;
  }

  /** Takes no further steps, because of what went wrong in one. */
  void fail(WtaException failed) {
    failure = Optional.of(failed);
  }

  /** Whether there are steps to come. */
  boolean active() {
    return failure.isEmpty() && !over();
  }

  /**
   * Begins with the optimiser's state of the run that the parameters are from, and keeps both
   * before the first step.
   */
  void beginFrom(RunDirectory earlier) {
    if (plan.from().orElseThrow().optimizerSteps() > 0) {
      earlier.restore(optimizer, model.backend().memory());
    }
    run.ifPresent(
        open ->
            open.save(
                TrainingState.START,
                model,
                optimizer,
                average,
                validation.map(Validation::parametersToSave)));
  }

  /** Starts, or resumes from the run's checkpoint. */
  void start() {
    begun = System.nanoTime();
    run.ifPresent(
        open -> open.restore(model, optimizer, average, validation.map(Validation::parameters)));
    TrainingInfo info =
        new TrainingInfo(
            model,
            plan.training(),
            plan.samples().size(),
            plan.epochs(),
            step,
            plan.totalSteps(),
            plan.directory());
    notifyListeners(listener -> listener.started(info));
    run.flatMap(RunWriter::note)
        .ifPresent(note -> notifyListeners(listener -> listener.noted(note)));
    plan.from().ifPresent(this::noteOrigin);
    TrainingNotes.of(plan).forEach(note -> notifyListeners(listener -> listener.noted(note)));
    watch.beginInterval();
  }

  private void noteOrigin(Origin origin) {
    String fresh = origin.optimizerSteps() > 0 ? "" : ", with a new state of the optimiser";
    String note =
        "it started from the parameters of %s at step %,d%s"
            .formatted(origin.run(), origin.step(), fresh);
    notifyListeners(listener -> listener.noted(note));
  }

  /** Ends a training that has not failed: all of its steps are done, or it was stopped. */
  TrainingResult finish() {
    TrainingResult.Status status =
        over() ? TrainingResult.Status.FINISHED : TrainingResult.Status.STOPPED;
    average.ifPresent(AveragedParameters::give);
    if (status == TrainingResult.Status.FINISHED) {
      validation.ifPresent(Validation::finish);
    }
    TrainingResult result =
        new TrainingResult(
            model,
            status,
            why(status),
            step,
            epoch,
            watch.history(),
            watch.last(),
            best(),
            Duration.ofNanos(System.nanoTime() - begun),
            plan.directory());
    notifyListeners(listener -> listener.finished(result));
    return result;
  }

  private TrainingResult.Reason why(TrainingResult.Status status) {
    if (status == TrainingResult.Status.STOPPED) {
      return TrainingResult.Reason.REQUESTED;
    }
    if (epoch >= plan.epochs()) {
      return TrainingResult.Reason.EPOCHS_DONE;
    }
    return stepsDone() ? TrainingResult.Reason.STEPS_DONE : TrainingResult.Reason.NO_BETTER_EPOCH;
  }

  /** Whether all epochs or steps are done, or no better epoch is expected. */
  private boolean over() {
    return stepsDone() || Validation.over(epoch, best(), plan.settings());
  }

  private boolean stepsDone() {
    return plan.settings().steps() > 0 && step >= plan.settings().steps();
  }

  private Optional<BestEpoch> best() {
    return validation.flatMap(Validation::best);
  }

  /**
   * A step, and what follows from it: the epoch's end, measurements, a checkpoint.
   *
   * @param batch samples, pre-processed
   * @param input the same on the device
   * @param target a transcoder's targets, on the device
   * @param lastOfEpoch whether the epoch has no further batch
   * @param reading the throughput of reading, for the log
   */
  void step(
      Batch batch,
      Tensor input,
      Optional<Tensor> target,
      boolean lastOfEpoch,
      Supplier<ReadAhead.Throughput> reading) {
    output = learn(batch, input, target);
    StepReport report = new StepReport(step, plan.totalSteps(), epoch, batch.count(), rate);
    for (TrainingListener listener : listeners) {
      listener.stepped(report);
    }
    if (lastOfEpoch) {
      epoch++;
      samplesOfEpoch = 0;
      watch.endEpoch();
      validate(epoch);
    } else {
      samplesOfEpoch = further(samplesOfEpoch, batch);
      if (stepsDone()) {
        validate(epoch + 1); // the part of the epoch that there is
      }
    }
    afterStep(batch, reading);
    if (lastOfEpoch) {
      notifyListeners(listener -> listener.epochEnded(epoch, step));
    }
  }

  /** From the batch to the parameters, which no other thread sees half changed. */
  private StepOutput learn(Batch batch, Tensor input, Optional<Tensor> target) {
    try (var _ = model.backend().hold()) {
      rate = plan.rate(step) * watch.rateFactor();
      tape.reset(plan.stepsBefore() + step);
      StepOutput learnt = forward(batch, input, target);
      tape.backward(learnt.loss());
      step++;
      optimizer.step(tape, rate, optimizerStepsBefore + step);
      average.ifPresent(kept -> kept.add(step));
      watch.add(learnt, batch.count());
      return learnt;
    }
  }

  private StepOutput forward(Batch batch, Tensor input, Optional<Tensor> target) {
    if (target.isPresent()) {
      return model.stepTowards(tape, input, target.get());
    }
    Optional<ClassifierStage> stage = labelled.filter(second -> second.begun(epoch));
    return stage.isPresent() ? stage.get().step(tape, input, batch) : model.step(tape, input);
  }

  /** The samples done with a batch; of a stream at most what an int counts. */
  static int further(int samples, Batch batch) {
    return (int) Math.min(Integer.MAX_VALUE, (long) samples + batch.count());
  }

  /** Measures the samples held out, after so many epochs. */
  private void validate(int done) {
    OptionalDouble error =
        validation.map(held -> held.endEpoch(done)).orElse(OptionalDouble.empty());
    if (error.isPresent()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("step", step);
      line.put("epoch", epoch);
      line.put("validationError", error.getAsDouble());
      run.ifPresent(open -> open.log(line));
      notifyListeners(listener -> listener.validated(error.getAsDouble(), best().orElseThrow()));
    }
  }

  private void afterStep(Batch batch, Supplier<ReadAhead.Throughput> reading) {
    boolean last = over();
    if (last || step % plan.settings().logEvery() == 0) {
      Measurement measurement =
          watch.measure(output, step, epoch, rate, own -> withListeners(batch, own));
      Map<String, Object> line = measurement.toMap();
      line.put("readPerSecond", reading.get().rate());
      line.put("readWaitSeconds", reading.get().waited());
      run.ifPresent(open -> open.log(line));
      notifyListeners(listener -> listener.measured(measurement));
    }
    if (last || step % plan.settings().checkpointEvery() == 0) {
      save();
    }
  }

  private Measurement withListeners(Batch batch, Measurement own) {
    TrainingListener.Interval interval =
        new TrainingListener.Interval(step, epoch, model, batch, output.winners(), own);
    Measurement all = own;
    for (TrainingListener listener : listeners) {
      all = all.with(listener.metrics(interval));
    }
    return all;
  }

  /** Writes a checkpoint, unless the last step has one. */
  void save() {
    if (run.isEmpty() || savedStep == step) {
      return;
    }
    watch.requireSound(output, step);
    TrainingState state =
        new TrainingState(
            step,
            epoch,
            samplesOfEpoch,
            watch.intervalLoss(),
            watch.intervalSamples(),
            watch.epochs(),
            best());
    run.get().save(state, model, optimizer, average, validation.map(Validation::parametersToSave));
    savedStep = step;
    watch.checkpointed();
    notifyListeners(listener -> listener.checkpointed(step));
  }

  private void notifyListeners(Consumer<TrainingListener> event) {
    listeners.forEach(event);
  }

  @Override
  public void close() {
    labelled.ifPresent(ClassifierStage::close);
    validation.ifPresent(Validation::close);
    average.ifPresent(AveragedParameters::close);
    watch.close();
    optimizer.close();
    tape.close();
  }
}
