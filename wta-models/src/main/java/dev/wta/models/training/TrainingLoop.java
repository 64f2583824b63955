package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Dataset;
import dev.wta.data.reading.ReadAhead;
import dev.wta.models.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Trains models on one reading of their samples: each batch is read and pre-processed once, and
 * then every model takes its step. Models of one backend take turns; several backends work at the
 * same time. A model's bits are those that it would have alone.
 */
final class TrainingLoop implements AutoCloseable {
  /** The order of positions: by epoch, and then by the samples of it that are done. */
  private static final Comparator<ModelTraining> FURTHER =
      Comparator.comparingInt(ModelTraining::epoch).thenComparingInt(ModelTraining::samplesOfEpoch);

  private final List<ModelTraining> models;
  private final TrainingPlan plan; // the first model's: what is read, all have in common
  private final BooleanSupplier stopRequested;
  private final ReadAhead reader;
  private final List<Lane> lanes;
  private final ExecutorService threads;

  /**
   * A loop.
   *
   * @param models at least one; plans whose samples, batches and order are the same
   */
  TrainingLoop(List<ModelTraining> models, BooleanSupplier stopRequested) {
    this.models = List.copyOf(models);
    this.plan = models.getFirst().plan();
    this.stopRequested = stopRequested;
    reader = new ReadAhead(plan.batch(), plan.sample());
    Map<Backend, List<ModelTraining>> byBackend = new LinkedHashMap<>();
    for (ModelTraining model : models) {
      byBackend.computeIfAbsent(model.plan().model().backend(), _ -> new ArrayList<>()).add(model);
    }
    lanes = byBackend.values().stream().map(Lane::new).toList();
    threads =
        Executors.newFixedThreadPool(
            lanes.size(), Thread.ofPlatform().daemon().name("wta-sweep-", 1).factory());
  }

  /**
   * Trains until every model has finished or failed, or a stop is requested.
   *
   * @throws WtaException what a model failed of, if it is the only one; or if samples cannot be
   *     read
   */
  void run() {
    models.forEach(ModelTraining::start);
    boolean stopped = false;
    while (!stopped && models.stream().anyMatch(ModelTraining::active)) {
      stopped = trainEpoch();
    }
  }

  /**
   * Trains the rest of the epoch of the model that is furthest behind; returns whether a stop cut
   * it short.
   */
  private boolean trainEpoch() {
    ModelTraining hindmost =
        models.stream().filter(ModelTraining::active).min(FURTHER).orElseThrow();
    int epoch = hindmost.epoch();
    int done = hindmost.samplesOfEpoch();
    Dataset samples = plan.samples().ofEpoch(epoch);
    // After the first epoch all samples have passed, unless each has its own.
    boolean unseen = epoch == 0 || plan.samples().renewed();
    reader.begin(plan.batches(samples, epoch, done));
    for (Optional<Batch> next = reader.next(); next.isPresent(); next = reader.next()) {
      Batch batch = next.get();
      if (unseen) {
        batch.requireFinite(samples);
      }
      step(new Round(batch, epoch, done, !reader.more(), unseen, reading()));
      done = ModelTraining.further(done, batch);
      if (models.stream().noneMatch(ModelTraining::active)) {
        return false;
      }
      if (stopRequested.getAsBoolean()) {
        models.stream()
            .filter(ModelTraining::active)
            .forEach(model -> attempt(model, ModelTraining::save));
        return true;
      }
    }
    return false;
  }

  /**
   * One batch, and where it lies.
   *
   * @param done the samples of the epoch before it
   * @param unseen whether its numbers have to be checked
   */
  private record Round(
      Batch batch,
      int epoch,
      int done,
      boolean lastOfEpoch,
      boolean unseen,
      Supplier<ReadAhead.Throughput> reading) {

    /** Whether the batch is the next of a model: one that was saved later waits for the others. */
    boolean next(ModelTraining model) {
      return model.active() && model.epoch() == epoch && model.samplesOfEpoch() == done;
    }
  }

  /** The throughput of reading in the interval, the same for all models that log it. */
  private Supplier<ReadAhead.Throughput> reading() {
    return new Supplier<>() {
      private ReadAhead.Throughput reading;

      @Override
      public synchronized ReadAhead.Throughput get() {
        if (reading == null) {
          reading = reader.throughput();
        }
        return reading;
      }
    };
  }

  private void step(Round round) {
    for (Lane lane : lanes) {
      lane.readTargets(round);
    }
    Batch batch = round.batch();
    plan.preprocessing().apply(batch.values(), batch.count(), plan.sample());
    if (lanes.size() == 1) {
      lanes.getFirst().step(round);
      return;
    }
    List<CompletableFuture<Void>> steps =
        lanes.stream()
            .map(lane -> CompletableFuture.runAsync(() -> lane.step(round), threads))
            .toList();
    try {
      CompletableFuture.allOf(steps.toArray(CompletableFuture<?>[]::new)).join();
    } catch (CompletionException failed) {
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw failed;
      }
    }
  }

  /** What goes wrong with one of several models, a divergence for example, ends that one alone. */
  private void attempt(ModelTraining model, Consumer<ModelTraining> act) {
    try {
      act.accept(model);
    } catch (WtaException failed) {
      if (models.size() == 1) {
        throw failed;
      }
      model.fail(failed);
    }
  }

  /** The models of one backend, and room for a batch there. */
  private final class Lane implements AutoCloseable {
    private final List<ModelTraining> members;
    private final Backend backend;
    private final Tensor room;
    private final Optional<Target.Batches> targets;

    Lane(List<ModelTraining> members) {
      this.members = members;
      TrainingPlan first = members.getFirst().plan();
      backend = first.model().backend();
      room = backend.memory().allocate(plan.sample().batch(plan.batch()));
      targets =
          first.target().map(target -> new Target.Batches(target, plan.batch(), backend.memory()));
    }

    void readTargets(Round round) {
      targets.ifPresent(beside -> beside.read(round.batch(), round.unseen()));
    }

    void step(Round round) {
      Batch batch = round.batch();
      Tensor input = batch.count() == room.shape().rows() ? room : room.rows(0, batch.count());
      Optional<Tensor> target;
      try (var _ = backend.hold()) {
        backend.memory().upload(batch.values(), 0, input);
        target = targets.map(Target.Batches::upload);
      }
      for (ModelTraining model : members) {
        if (round.next(model)) {
          attempt(
              model, own -> own.step(batch, input, target, round.lastOfEpoch(), round.reading()));
        }
      }
    }

    @Override
    public void close() {
      targets.ifPresent(Target.Batches::close);
      room.close();
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    reader.close();
    lanes.forEach(Lane::close);
  }
}
