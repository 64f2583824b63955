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
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.Ranks;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
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
   * @param backend of a rank
   */
  public static RunConfig config(
      SettingsRecord<?> model,
      Shape sample,
      TrainingSettings training,
      Preprocessing fitted,
      Map<String, Object> data,
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
        Map.of(),
        RunConfig.describe(backend),
        RunConfig.runningVersions(),
        Optional.empty());
  }

  /**
   * Makes a run of a training's last complete checkpoint, for one process alone: shares are copied
   * one after the other, and never more than a buffer of them is in memory.
   *
   * @param directory that holds no run yet
   * @param fitted what samples go through
   * @throws WtaException if there is no checkpoint, it is damaged, or the folder cannot be written
   */
  public static RunDirectory assemble(
      CheckpointPlace place, Path directory, RunConfig config, Preprocessing fitted) {
    ShardedCheckpoint checkpoints = new ShardedCheckpoint(place);
    ShardedCheckpoint.Complete last =
        checkpoints
            .last()
            .orElseThrow(
                () ->
                    new WtaException(
                        "%s holds no complete checkpoint".formatted(place),
                        "wait for the first, or give the place that training writes to"));
    Map<String, String> metadata = Map.of("family", config.family());
    try (RunWriter run = RunWriter.create(directory, config, fitted, Optional.empty())) {
      try {
        run.save(
            last.state(),
            section(checkpoints, last, ShardedCheckpoint.MODEL, metadata),
            section(checkpoints, last, ShardedCheckpoint.TRAINER, metadata));
      } catch (RuntimeException failed) {
        RunWriter.remove(directory);
        throw failed;
      }
    }
    return RunDirectory.open(directory);
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
        Safetensors.writeStreamed(
            out, shapes, name -> to -> checkpoints.copy(last, section + name, to), metadata);
  }

  /**
   * This rank's share of a run's model, for encoding where the model is too large for one process.
   * The caller closes it. A collective.
   *
   * @throws WtaException if the family is not served, or there is no checkpoint
   */
  public static ShardedModel load(RunDirectory run, Backend backend, Ranks ranks) {
    RunConfig config = run.config();
    SettingsRecord<?> settings =
        ModelFamilies.named(config.family()).settings().parse(config.model());
    ShardedModel model = ShardedModel.of(settings, config.sample(), backend, Seed.of(0), ranks);
    try (Safetensors saved = run.parameters()) {
      for (Parameter parameter : model.parameters()) {
        load(saved, model, parameter);
      }
      return model;
    } catch (RuntimeException failed) {
      model.close();
      throw failed;
    }
  }

  private static void load(Safetensors saved, ShardedModel model, Parameter parameter) {
    String called = parameter.name();
    int slash = called.indexOf('/');
    String name = called.substring(slash + 1);
    int first =
        slash < 0
            ? 0
            : model.collective().blocks().from(Integer.parseInt(called.substring(0, slash)));
    int rows = parameter.value().shape().rows();
    model.backend().memory().upload(saved.rows(name, first, rows), 0, parameter.value());
  }
}
