package dev.wta.models.shard.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.ModelFamilies;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.Ranks;
import dev.wta.models.shard.UnconnectedRank;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Sharded trainings as run directories, which everything else of wta reads. */
public final class ShardedRun {
  private ShardedRun() {}

  /**
   * The configuration of a run.
   *
   * @param data the training data, see {@link RunConfig#describe(dev.wta.data.Dataset, String)}
   * @param target a transcoder's targets, see {@link RunConfig#describe(dev.wta.models.Target,
   *     String)}; empty for other models
   * @param backend of a rank
   */
  public static RunConfig config(
      SettingsRecord<?> model,
      Shape sample,
      TrainingSettings training,
      Preprocessing fitted,
      Map<String, Object> data,
      Map<String, Object> target,
      Backend backend) {
    String family = ShardedModel.family(model);
    Map<String, Object> described =
        new LinkedHashMap<>(TrainingSettings.of(ModelFamilies.named(family)).toMap(training));
    described.putAll(training.chosenOptimizer().describe());
    described.put("schedule", training.schedule().name());
    return new RunConfig(
        family,
        sample,
        model.toMap(),
        described,
        fitted.describe(),
        data,
        target,
        RunConfig.describe(backend),
        RunConfig.runningVersions(),
        Optional.empty());
  }

  /**
   * Makes a run of a training's last complete checkpoint, for one process alone: shares are copied
   * one after the other, and never more than a buffer of them is in memory or on this machine's
   * disk.
   *
   * @param checkpoints where training kept it
   * @param run a place for the run's files, which holds no run yet. It holds one once this returns,
   *     and not before
   * @param fitted what samples go through
   * @param ofTargets what a transcoder's targets go through
   * @throws WtaException if there is no checkpoint, it is damaged, or a file cannot be written
   */
  public static void assemble(
      CheckpointPlace checkpoints,
      CheckpointPlace run,
      RunConfig config,
      Preprocessing fitted,
      Optional<Preprocessing> ofTargets) {
    ShardedCheckpoint kept = new ShardedCheckpoint(checkpoints);
    ShardedCheckpoint.Complete last =
        kept.last()
            .orElseThrow(
                () ->
                    new WtaException(
                        "%s holds no complete checkpoint".formatted(checkpoints),
                        "wait for the first, or give the place that training writes to"));
    Map<String, String> metadata = Map.of("family", config.family());
    try {
      if (run.names().contains(RunDirectory.CONFIG)) {
        throw new WtaException(
            "%s already holds a run".formatted(run), "choose another folder, or delete it");
      }
      RunWriter.write(
          run::create,
          config,
          fitted,
          ofTargets,
          last.state(),
          section(kept, last, ShardedCheckpoint.MODEL, metadata),
          section(kept, last, ShardedCheckpoint.TRAINER, metadata));
    } catch (IOException failed) {
      throw new WtaException(
          "cannot write the run in %s: %s".formatted(run, failed.getMessage()),
          "check the folder's permissions and space; the checkpoint is still there",
          failed);
    }
  }

  private static FileOperations.Content section(
      ShardedCheckpoint checkpoints,
      ShardedCheckpoint.Complete last,
      String section,
      Map<String, String> metadata) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    last.tensors()
        .forEach(
            (name, whole) -> {
              if (name.startsWith(section)) {
                shapes.put(name.substring(section.length()), whole.shape());
              }
            });
    return out ->
        SafetensorsWriter.writeStreamed(
            out, shapes, name -> to -> checkpoints.copy(last, section + name, to), metadata);
  }

  /**
   * This rank's share of a run's model, for encoding where the model is too large for one process.
   * The caller closes it. A collective, unless ranks are {@link UnconnectedRank}.
   *
   * @throws WtaException if the family is not served, or there is no checkpoint
   */
  public static ShardedModel load(RunDirectory run, Backend backend, Ranks ranks) {
    try (Safetensors saved = run.parameters()) {
      return load(run.config(), saved, backend, ranks);
    }
  }

  /**
   * As {@link #load(RunDirectory, Backend, Ranks)}, of a run whose parameters are elsewhere: only
   * this rank's rows of them are read.
   */
  public static ShardedModel load(
      RunConfig config, Safetensors saved, Backend backend, Ranks ranks) {
    SettingsRecord<?> settings = settings(config);
    ShardedModel model = ShardedModel.of(settings, config.sample(), backend, Seed.of(0), ranks);
    try {
      for (Parameter parameter : model.parameters()) {
        load(saved, model, parameter);
      }
      return model;
    } catch (RuntimeException failed) {
      model.close();
      throw failed;
    }
  }

  /** The settings of a run's model. */
  public static SettingsRecord<?> settings(RunConfig config) {
    return ModelFamilies.named(config.family()).settings().parse(config.model());
  }

  private static void load(Safetensors saved, ShardedModel model, Parameter parameter) {
    String called = parameter.name();
    int slash = called.indexOf('/');
    String name = called.substring(slash + 1);
    int first =
        slash < 0
            ? 0
            : model.collective().blocks().from(Integer.parseInt(called.substring(0, slash)));
    saved.loadRows(model.backend().memory(), name, first, parameter.value());
  }
}
