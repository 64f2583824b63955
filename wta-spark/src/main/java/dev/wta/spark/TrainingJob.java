package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.ModelFamilies;
import dev.wta.models.Target;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.TrainingState;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.Ranks;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.shard.model.ShardedStep;
import dev.wta.models.shard.training.ShardedRun;
import dev.wta.models.shard.training.ShardedTraining;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.TrainingSettings;
import dev.wta.spark.store.HadoopPlace;
import dev.wta.spark.store.RunStore;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training is determined by, but for its samples.
 *
 * @param family of the model
 * @param given settings of model and training, by key; others take the family's defaults
 * @param folder for the folders of trainings, each named by what determines it
 * @param columns what messages call the samples and, for a transcoder, its targets
 */
record TrainingJob(String family, Map<String, String> given, String folder, List<String> columns)
    implements Serializable {
  private static final Logger log = LoggerFactory.getLogger(TrainingJob.class);
  private static final String MODEL = "model";
  private static final String OUTPUTS = "outputs";

  /** The settings, parsed; targets, if there are any, say how many outputs a transcoder has. */
  private RunSettings settings(Optional<Dataset> targets) {
    SettingsSpec<RunSettings> spec = RunSettings.spec(ModelFamilies.named(family));
    Map<String, Object> all = new TreeMap<>(given);
    targets.ifPresent(each -> all.putAll(TranscoderSettings.outputs(each.sampleShape())));
    return spec.parse(all);
  }

  /**
   * As many ranks as have a block each.
   *
   * @throws WtaException if the family or a setting is unknown, or the family is not served
   */
  int mostRanks() {
    return Blocks.of(ShardedModel.units(settings(Optional.empty()).model())).count();
  }

  /**
   * Checks what can be checked without samples.
   *
   * @param ranks that are to train
   * @throws WtaException if the family or a setting is unknown or is not served, there are too many
   *     ranks, or targets for a model that has none, or the reverse
   */
  void requireServed(int ranks) {
    RunSettings settings = settings(Optional.empty());
    Blocks.of(ShardedModel.units(settings.model())).requireFor(ranks);
    ShardedTraining.requireServed(settings.training());
    if (settings.training().patch().isPresent()) {
      throw new WtaException(
          "training on Spark does not cut patches, and 'patch' is "
              + settings.training().patch().get(),
          "give a column of patches");
    }
    requireTarget();
  }

  private void requireTarget() {
    boolean transcodes = ModelFamilies.named(family).transcodes();
    boolean targets = columns.size() > 1;
    if (targets && !transcodes) {
      throw new WtaException(
          "%s reconstructs its samples, and %s is to be its target"
              .formatted(family, columns.getLast()),
          "leave out targetCol, or take a transcoder such as topk-transcoder");
    }
    if (transcodes && !targets) {
      throw new WtaException(
          "%s reconstructs a target, and there is none".formatted(family),
          "name the column of the samples' targets with setTargetCol");
    }
    if (given.containsKey(OUTPUTS)) {
      throw new WtaException(
          "'%s' is %s, and %s says how many there are"
              .formatted(OUTPUTS, given.get(OUTPUTS), columns.getLast()),
          "leave it out of the settings");
    }
  }

  /**
   * Trains one rank's share, from the last checkpoint of the same training if there is one. A
   * collective.
   *
   * @param samples of all ranks
   * @param targets of all ranks, the same rows, for a transcoder
   * @param ranks for the steps
   * @param threads of this rank
   * @param stepped is called for each step, on the first rank
   * @return the path of the trained run
   */
  String train(
      Dataset samples,
      Optional<Dataset> targets,
      Ranks ranks,
      int threads,
      Configuration conf,
      Runnable stepped)
      throws IOException {
    RunSettings settings = settings(targets);
    String digest = samples.digest();
    Optional<String> digestOfTargets = targets.map(Dataset::digest);
    try (Backend backend = ExecutorBackend.open(threads)) {
      String program = WtaVersion.current() + " " + backend.name() + " " + backend.arithmetic();
      String place = folder + "/" + name(digest, digestOfTargets, program);
      String run = place + "/" + MODEL;
      if (first(ranks, RunStore.exists(run, "config.json", conf))) {
        log.info("{} has been trained already", run);
        return run;
      }
      HadoopPlace checkpoints = new HadoopPlace(place, conf);
      TrainingSettings training =
          settings.training().with("batch", Math.min(settings.training().batch(), samples.size()));
      Preprocessing fitted = Preprocessing.fit(training.preprocess(), samples);
      Optional<Target> target =
          targets.map(
              each -> new Target(each, Preprocessing.fit(training.targetPreprocess(), each)));
      Shape shape = samples.sampleShape();
      Seed seed = Seed.of(training.seed());
      try (ShardedModel model = ShardedModel.of(settings.model(), shape, backend, seed, ranks);
          ShardedTraining steps =
              new ShardedTraining(model, training, totalSteps(training, samples))) {
        Optional<TrainingState> last = steps.restore(checkpoints);
        if (last.isEmpty()) {
          model.begin(samples, fitted, target);
        }
        log.info(
            "rank {} of {} trains {} on {} samples, from step {}",
            ranks.rank(),
            ranks.count(),
            family,
            samples.size(),
            steps.steps());
        new Epochs(
                steps, training, samples, fitted, target, checkpoints, ranks.rank() == 0, stepped)
            .train(last.orElse(TrainingState.START));
      }
      if (ranks.rank() == 0) {
        Map<String, Object> data = RunConfig.describe(samples, digest);
        Map<String, Object> dataOfTarget =
            target
                .map(towards -> RunConfig.describe(towards, digestOfTargets.orElseThrow()))
                .orElse(Map.of());
        RunConfig config =
            ShardedRun.config(
                settings.model(), shape, training, fitted, data, dataOfTarget, backend);
        publish(checkpoints, run, config, fitted, target.map(Target::fitted), conf);
      }
      first(ranks, true); // so that nobody returns before the run is there
      return run;
    }
  }

  private static long totalSteps(TrainingSettings training, Dataset samples) {
    return (long) training.epochs() * Math.ceilDiv(samples.size(), training.batch());
  }

  /** Sends the first rank's value to all ranks. */
  private static boolean first(Ranks ranks, boolean says) {
    ByteBuffer[] parts = new ByteBuffer[ranks.count()];
    Arrays.setAll(parts, _ -> ByteBuffer.allocate(1).put((byte) (says ? 1 : 0)).flip());
    return ranks.exchange(parts)[0].get() == 1;
  }

  /**
   * The name of a training: the same for the same samples, targets, settings and program.
   *
   * @param digest of the samples
   * @param program that trains: the version of wta and the arithmetic of its backend
   */
  String name(String digest, Optional<String> digestOfTargets, String program) {
    try {
      String identity = family + " " + new TreeMap<>(given) + " " + digest;
      identity += digestOfTargets.map(each -> " " + each).orElse("") + " " + program;
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return family + "-" + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** Makes a run of the last checkpoint; the checkpoint is deleted once the run is in its place. */
  private static void publish(
      HadoopPlace checkpoints,
      String run,
      RunConfig config,
      Preprocessing fitted,
      Optional<Preprocessing> ofTargets,
      Configuration conf)
      throws IOException {
    RunStore.publish(
        run, conf, place -> ShardedRun.assemble(checkpoints, place, config, fitted, ofTargets));
    for (String file : checkpoints.names()) {
      checkpoints.delete(file);
    }
  }

  /** The passes over the samples. */
  private record Epochs(
      ShardedTraining steps,
      TrainingSettings training,
      Dataset samples,
      Preprocessing fitted,
      Optional<Target> target,
      HadoopPlace checkpoints,
      boolean first,
      Runnable stepped) {

    void train(TrainingState from) {
      int done = from.samples();
      for (int epoch = from.epoch(); epoch < training.epochs(); epoch++) {
        train(epoch, done);
        done = 0;
      }
      steps.save(checkpoints, training.epochs(), 0);
    }

    private void train(int epoch, int skipped) {
      Batches batches =
          Batches.shuffled(
              samples, training.batch(), training.seedOfOrder(), epoch, training.shuffleBuffer());
      batches.skip(skipped);
      int done = skipped;
      try (BatchReader reader = new BatchReader(batches, samples, fitted, target)) {
        for (Optional<BatchReader.Rows> batch = reader.next();
            batch.isPresent();
            batch = reader.next()) {
          step(epoch, batch.get());
          done += batch.get().samples().count();
          if (steps.steps() % training.checkpointEvery() == 0) {
            boolean over = done == samples.size();
            steps.save(checkpoints, over ? epoch + 1 : epoch, over ? 0 : done);
          }
        }
      }
    }

    private void step(int epoch, BatchReader.Rows batch) {
      Batch own = batch.samples();
      ShardedStep.Measures measures =
          steps.step(own.values(), batch.targets().map(Batch::values), own.count());
      if (first) {
        stepped.run();
        if (steps.steps() % training.logEvery() == 0) {
          log.info(
              "step {}, epoch {}: loss {}, {} winners a sample",
              steps.steps(),
              epoch + 1,
              measures.loss(),
              measures.winners());
        }
      }
    }
  }
}
