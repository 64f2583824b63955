package dev.wta.models.training;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.reading.ReadAhead;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.Target;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.OptimizerState;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One training, from where the run stands to its end or a stop. */
final class TrainingLoop implements AutoCloseable {
  private final TrainingPlan plan;
  private final Model model;
  private final Optional<RunWriter> run;
  private final List<TrainingListener> listeners;
  private final BooleanSupplier stopRequested;
  private final Tape tape;
  private final ReadAhead reader;
  private final Tensor room;
  private final OptimizerState optimizer;
  private final long optimizerStepsBefore;
  private final TrainingMonitor watch;
  private final Optional<ClassifierStage> labelled;
  private final Optional<Target.Batches> targets;
  private final Optional<Validation> validation;

  private long step;
  private int epoch;
  private int samplesOfEpoch;
  private long savedStep;
  private double rate;

  TrainingLoop(
      TrainingPlan plan,
      Optional<RunWriter> run,
      List<TrainingListener> listeners,
      BooleanSupplier stopRequested) {
    this.plan = plan;
    this.model = plan.model();
    this.run = run;
    this.listeners = List.copyOf(listeners);
    this.stopRequested = stopRequested;
    Memory memory = model.backend().memory();
    TrainingState start = run.map(RunWriter::state).orElse(TrainingState.START);
    step = start.step();
    epoch = start.epoch();
    samplesOfEpoch = start.samples();
    savedStep = start.step();
    tape = Tape.recording(model.backend(), plan.seed());
    reader = new ReadAhead(plan.batch(), plan.sample());
    room = memory.allocate(plan.sample().batch(plan.batch()));
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
    targets = plan.target().map(target -> new Target.Batches(target, plan.batch(), memory));
    validation = Validation.of(plan, start);
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
                validation.map(Validation::parametersToSave)));
  }

  /** Trains. */
  TrainingResult run() {
    long begun = System.nanoTime();
    run.ifPresent(open -> open.restore(model, optimizer, validation.map(Validation::parameters)));
    TrainingInfo info =
        new TrainingInfo(
            model,
            plan.training(),
            plan.samples().size(),
            plan.epochs(),
            step,
            plan.totalSteps(),
            plan.directory());
    tell(listener -> listener.started(info));
    run.flatMap(RunWriter::note).ifPresent(note -> tell(listener -> listener.noted(note)));
    plan.from().ifPresent(this::tellOrigin);
    TrainingNotes.of(plan).forEach(note -> tell(listener -> listener.noted(note)));
    watch.beginInterval();
    TrainingResult.Status status = TrainingResult.Status.FINISHED;
    while (!over() && status == TrainingResult.Status.FINISHED) {
      status = trainEpoch();
    }
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
    tell(listener -> listener.finished(result));
    return result;
  }

  private TrainingResult.Reason why(TrainingResult.Status status) {
    if (status == TrainingResult.Status.STOPPED) {
      return TrainingResult.Reason.REQUESTED;
    }
    return epoch >= plan.epochs()
        ? TrainingResult.Reason.EPOCHS_DONE
        : TrainingResult.Reason.NO_BETTER_EPOCH;
  }

  private void tellOrigin(Origin origin) {
    String anew = origin.optimizerSteps() > 0 ? "" : ", the optimiser's state beginning anew";
    String note =
        "it began with the parameters of %s at step %,d%s"
            .formatted(origin.run(), origin.step(), anew);
    tell(listener -> listener.noted(note));
  }

  /** Whether all epochs are done, or no better one is expected. */
  private boolean over() {
    return Validation.over(epoch, best(), plan.settings());
  }

  private Optional<BestEpoch> best() {
    return validation.flatMap(Validation::best);
  }

  /** Trains the rest of the epoch, unless a stop cuts it short. */
  private TrainingResult.Status trainEpoch() {
    Dataset samples = plan.samples().ofEpoch(epoch);
    Optional<ClassifierStage> stage = labelled.filter(second -> second.begun(epoch));
    try (Batches batches =
        Batches.shuffled(
            samples, plan.batch(), plan.seed(), epoch, plan.settings().shuffleBuffer())) {
      batches.skip(samplesOfEpoch);
      reader.begin(batches);
      for (Optional<Batch> next = reader.next(); next.isPresent(); next = reader.next()) {
        Batch batch = next.get();
        // After the first epoch all samples have passed, unless each has its own.
        boolean unseen = epoch == 0 || plan.samples().renewed();
        if (unseen) {
          batch.requireFinite(samples);
        }
        targets.ifPresent(beside -> beside.read(batch, unseen));
        StepOutput output = step(stage, batch);
        boolean epochOver = reader.remaining() == 0;
        if (epochOver) {
          epoch++;
          samplesOfEpoch = 0;
          watch.endEpoch();
          validate();
        } else {
          samplesOfEpoch += batch.count();
        }
        afterStep(output, batch);
        if (epochOver) {
          tell(listener -> listener.epochEnded(epoch, step));
        }
        if (stopRequested.getAsBoolean() && !over()) {
          save(output);
          return TrainingResult.Status.STOPPED;
        }
      }
    }
    return TrainingResult.Status.FINISHED;
  }

  private void validate() {
    OptionalDouble error =
        validation.map(held -> held.endEpoch(epoch)).orElse(OptionalDouble.empty());
    if (error.isPresent()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("step", step);
      line.put("epoch", epoch);
      line.put("validationError", error.getAsDouble());
      run.ifPresent(open -> open.log(line));
      tell(listener -> listener.validated(error.getAsDouble(), best().orElseThrow()));
    }
  }

  private StepOutput step(Optional<ClassifierStage> stage, Batch batch) {
    plan.preprocessing().apply(batch.values(), batch.count(), plan.sample());
    StepOutput output = learn(stage, batch);
    StepReport report = new StepReport(step, plan.totalSteps(), epoch, batch.count(), rate);
    for (TrainingListener listener : listeners) {
      listener.stepped(report);
    }
    return output;
  }

  /** From the batch to the parameters, which no other thread sees half changed. */
  private StepOutput learn(Optional<ClassifierStage> stage, Batch batch) {
    try (var _ = model.backend().hold()) {
      Tensor input = batch.count() == room.shape().rows() ? room : room.rows(0, batch.count());
      model.backend().memory().upload(batch.values(), 0, input);
      rate = plan.rate(step) * watch.rateFactor();
      tape.reset(plan.stepsBefore() + step);
      StepOutput output = step(stage, batch, input);
      tape.backward(output.loss());
      step++;
      optimizer.step(tape, rate, optimizerStepsBefore + step);
      watch.add(output, batch.count());
      return output;
    }
  }

  private StepOutput step(Optional<ClassifierStage> stage, Batch batch, Tensor input) {
    if (targets.isPresent()) {
      return model.stepTowards(tape, input, targets.get().upload());
    }
    return stage.isPresent() ? stage.get().step(tape, input, batch) : model.step(tape, input);
  }

  private void afterStep(StepOutput output, Batch batch) {
    boolean last = over();
    if (last || step % plan.settings().logEvery() == 0) {
      Measurement measurement =
          watch.measure(output, step, epoch, rate, own -> withListeners(output, batch, own));
      Map<String, Object> line = measurement.toMap();
      ReadAhead.Pace pace = reader.pace();
      line.put("readPerSecond", pace.rate());
      line.put("readWaitSeconds", pace.waited());
      run.ifPresent(open -> open.log(line));
      tell(listener -> listener.measured(measurement));
    }
    if (last || step % plan.settings().checkpointEvery() == 0) {
      save(output);
    }
  }

  private Measurement withListeners(StepOutput output, Batch batch, Measurement own) {
    TrainingListener.Interval interval =
        new TrainingListener.Interval(step, epoch, model, batch, output.winners(), own);
    Measurement all = own;
    for (TrainingListener listener : listeners) {
      all = all.with(listener.metrics(interval));
    }
    return all;
  }

  private void save(StepOutput output) {
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
    run.get().save(state, model, optimizer, validation.map(Validation::parametersToSave));
    savedStep = step;
    watch.checkpointed();
    tell(listener -> listener.checkpointed(step));
  }

  private void tell(Consumer<TrainingListener> news) {
    listeners.forEach(news);
  }

  @Override
  public void close() {
    reader.close();
    labelled.ifPresent(ClassifierStage::close);
    targets.ifPresent(Target.Batches::close);
    validation.ifPresent(Validation::close);
    watch.close();
    optimizer.close();
    room.close();
    tape.close();
  }
}
