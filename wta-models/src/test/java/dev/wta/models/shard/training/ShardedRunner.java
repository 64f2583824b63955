package dev.wta.models.shard.training;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Target;
import dev.wta.models.TestBackends;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.run.TrainingState;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.Collective;
import dev.wta.models.shard.LocalRanksRunner;
import dev.wta.models.shard.Ranks;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.shard.model.ShardedStep;
import dev.wta.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Trains a model on ranks that are threads, as a trainer would train it undivided. */
final class ShardedRunner {
  private final SettingsRecord<?> model;
  private final TrainingSettings training;
  private final Dataset data;
  private final String backend;
  private Optional<Dataset> targets = Optional.empty();
  private Optional<CheckpointPlace> place = Optional.empty();
  private long stopAfter = Long.MAX_VALUE;
  private int blocks;

  ShardedRunner(SettingsRecord<?> model, TrainingSettings training, Dataset data, String backend) {
    this.model = model;
    this.training = training;
    this.data = data;
    this.backend = backend;
    blocks = Blocks.of(ShardedModel.units(model)).count();
  }

  /** Of a transcoder to these targets; not one where they are empty. */
  ShardedRunner towards(Optional<Dataset> given) {
    targets = given;
    return this;
  }

  /** With a checkpoint after each epoch, from the last of which training resumes. */
  ShardedRunner keeping(CheckpointPlace kept) {
    place = Optional.of(kept);
    return this;
  }

  /** Ends without a word after so many steps. */
  ShardedRunner stoppingAfter(long steps) {
    stopAfter = steps;
    return this;
  }

  ShardedRunner blocks(int count) {
    blocks = count;
    return this;
  }

  SettingsRecord<?> model() {
    return model;
  }

  Preprocessing fitted() {
    return Preprocessing.fit(training.preprocess(), data);
  }

  Optional<Target> target() {
    return targets.map(
        given -> new Target(given, Preprocessing.fit(training.targetPreprocess(), given)));
  }

  long totalSteps() {
    return (long) training.epochs() * Math.ceilDiv(data.size(), training.batch());
  }

  /**
   * What training comes to.
   *
   * @param parameters of the whole model, by name
   * @param losses of the steps
   */
  record Outcome(Map<String, float[]> parameters, List<Double> losses, Map<String, Double> last) {}

  Outcome train(int count) {
    List<Outcome> shares = LocalRanksRunner.onRanks(count, this::train);
    Map<String, float[]> whole = new TreeMap<>();
    for (Outcome share : shares) {
      share
          .parameters()
          .forEach(
              (name, values) -> {
                String plain = name.substring(name.indexOf('/') + 1);
                boolean divided = !plain.equals(name);
                whole.merge(
                    plain, values, (before, more) -> divided ? joined(before, more) : before);
              });
    }
    return new Outcome(whole, shares.getFirst().losses(), shares.getFirst().last());
  }

  private static float[] joined(float[] before, float[] more) {
    float[] all = Arrays.copyOf(before, before.length + more.length);
    System.arraycopy(more, 0, all, before.length, more.length);
    return all;
  }

  /** One rank's training. */
  Outcome train(Ranks ranks) {
    Collective collective = new Collective(ranks, new Blocks(ShardedModel.units(model), blocks));
    Preprocessing fitted = fitted();
    Optional<Target> target = target();
    try (Backend own = TestBackends.open(backend, 1);
        ShardedModel share =
            ShardedModel.of(model, data.sampleShape(), own, Seed.of(training.seed()), collective);
        ShardedTraining trainer = new ShardedTraining(share, training, totalSteps())) {
      TrainingState at = place.flatMap(trainer::restore).orElse(TrainingState.START);
      if (at.step() == 0) {
        share.begin(data, fitted, target);
      }
      List<Double> losses = new ArrayList<>();
      Map<String, Double> last = Map.of();
      Batch batch = new Batch(training.batch(), data.sampleShape());
      Optional<Batch> wanted = target.map(to -> new Batch(training.batch(), to.shape()));
      int skipped = at.samples();
      for (int epoch = at.epoch(); epoch < training.epochs(); epoch++) {
        try (Batches batches =
            Batches.shuffled(
                data,
                training.batch(),
                Seed.of(training.seed()),
                epoch,
                training.shuffleBuffer())) {
          batches.skip(skipped);
          skipped = 0;
          while (batches.next(batch)) {
            if (trainer.steps() == stopAfter) {
              return new Outcome(parameters(share), losses, last);
            }
            fitted.apply(batch.values(), batch.count(), data.sampleShape());
            target.ifPresent(to -> to.read(batch, wanted.orElseThrow(), true));
            ShardedStep.Measures measures =
                trainer.step(batch.values(), wanted.map(Batch::values), batch.count());
            losses.add(measures.loss());
            last = measures.metrics();
          }
        }
        int next = epoch + 1;
        place.ifPresent(kept -> trainer.save(kept, next, 0));
      }
      return new Outcome(parameters(share), losses, last);
    }
  }

  private static Map<String, float[]> parameters(ShardedModel share) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : share.parameters()) {
      values.put(parameter.name(), share.backend().memory().download(parameter.value()));
    }
    return values;
  }
}
