package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelLayer;
import dev.wta.models.encoding.FeatureWriter;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.run.TrainingState;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.samples.LayerFeatures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains a model a layer at a time: each on the features that the frozen ones below it make of the
 * data, which wait in a file. Every layer is a run of its own, so what resumes a run resumes a
 * layer; a finished one is only read, and features that were not written to the end are written
 * again.
 */
final class LayeredTraining {
  private final FeatureExtractor model;
  private final List<ModelLayer> layers;
  private final Dataset data;
  private final TrainingSettings settings;
  private final Optional<Path> directory;
  private final boolean resume;
  private final List<TrainingListener> listeners;
  private final BooleanSupplier stopRequested;

  private long steps;
  private int epochs;
  private Optional<Measurement> last = Optional.empty();
  private final List<Measurement> history = new ArrayList<>();
  private TrainingResult.Reason why = TrainingResult.Reason.EPOCHS_DONE;
  private Optional<Dataset> validation;

  /** What a layer is trained on: the caller's data, or features opened for it. */
  private record Input(Dataset data, boolean opened) implements AutoCloseable {
    @Override
    public void close() {
      if (opened) {
        data.close();
      }
    }
  }

  LayeredTraining(FeatureExtractor model, TrainingRequest given) {
    this.model = model;
    this.layers = model.layers();
    this.data = given.data();
    this.settings = given.settings();
    this.directory = given.directory();
    this.resume = given.resume();
    this.listeners = given.listeners();
    this.stopRequested = given.mustStop();
    this.validation = given.validation();
  }

  TrainingResult train() {
    model.requireShape(data);
    validation.ifPresent(model::requireShape);
    for (int number = 1; number <= layers.size(); number++) { // refused before the first is trained
      var _ = model.backend().withPrecision(settingsOf(number).precision());
    }
    long begun = System.nanoTime();
    TrainingResult.Status status;
    if (directory.isPresent()) {
      try (RunWriter run = open(directory.get())) {
        run.note().ifPresent(note -> listeners.forEach(listener -> listener.noted(note)));
        LayerFeatures features = LayerFeatures.in(directory.get());
        status = trainLayers(features);
        if (status == TrainingResult.Status.FINISHED && !settings.keepFeatures()) {
          features.removeAll(layers.size());
        }
      }
    } else {
      try (LayerFeatures features = LayerFeatures.temporary()) {
        status = trainLayers(features);
      }
    }
    return new TrainingResult(
        model,
        status,
        status == TrainingResult.Status.STOPPED ? TrainingResult.Reason.REQUESTED : why,
        steps,
        epochs,
        List.copyOf(history),
        last,
        Optional.empty(),
        Duration.ofNanos(System.nanoTime() - begun),
        directory);
  }

  private RunWriter open(Path run) {
    requireNoMoreEpochsBelow(run);
    Map<String, Object> training = TrainingSettings.ofFamily(model.family()).toMap(settings);
    RunConfig config =
        RunConfig.of(
                model,
                model.backend(),
                data,
                data.digest(),
                training,
                Preprocessing.none(),
                Map.of(),
                Optional.empty())
            .validatedBy(validation, Optional.empty());
    return resume
        ? RunWriter.resume(run, config)
        : RunWriter.create(run, config, Preprocessing.none(), Optional.empty());
  }

  /** A layer that another one was trained on stays as it is. */
  private void requireNoMoreEpochsBelow(Path run) {
    for (int number = 1; number < layers.size(); number++) {
      Path layer = RunDirectory.layer(run, number);
      if (RunDirectory.holdsRun(RunDirectory.layer(run, number + 1))
          && !finished(RunDirectory.open(layer), settingsOf(number))) {
        throw new WtaException(
            "layer %d of %s cannot be trained further: layer %d was trained on its features"
                .formatted(number, run, number + 1),
            "raise the epochs of the last layer alone, or start another run");
      }
    }
  }

  private static boolean finished(RunDirectory run, TrainingSettings wanted) {
    TrainingState state = run.state().orElse(TrainingState.START);
    return Validation.over(state.epoch(), state.best(), wanted);
  }

  /** The training settings of a layer: the seed is the model's, another one in each layer. */
  private TrainingSettings settingsOf(int number) {
    ModelLayer layer = layers.get(number - 1);
    Map<String, Object> all = new LinkedHashMap<>(layer.training());
    Seed seed = Seed.of(settings.seed() + number - 1);
    all.put(TrainingSettings.SEED, seed.value());
    return TrainingSettings.of(ModelFamilies.named(layer.model().family())).parse(all);
  }

  private TrainingResult.Status trainLayers(LayerFeatures features) {
    for (int number = 1; number <= layers.size(); number++) {
      Model layer = layers.get(number - 1).model();
      Optional<RunDirectory> earlier = earlierRun(number);
      if (earlier.isPresent() && finished(earlier.get(), settingsOf(number))) {
        earlier.get().restore(layer);
        TrainingState state = earlier.get().state().orElseThrow();
        steps += state.step();
        epochs += state.epoch();
      } else {
        features.remove(number); // those of an earlier part of its training
        if (!train(number, earlier.isPresent(), features)) {
          return TrainingResult.Status.STOPPED;
        }
      }
      if (number < layers.size()) {
        validation = validation.map(below -> featuresOf(layer, below));
      }
      if (number == 1) {
        model.preprocessWith(layer.preprocessing().orElseThrow());
      }
    }
    return TrainingResult.Status.FINISHED;
  }

  /** The validation data of the next layer, in memory: they are few beside what is trained on. */
  private static Dataset featuresOf(Model layer, Dataset samples) {
    try (Features features = layer.encode(samples)) {
      float[] values = layer.backend().memory().download(features.values());
      return samples.labelled()
          ? MemoryDataset.of(samples.name(), layer.featureShape(), values, samples.labels())
          : MemoryDataset.of(samples.name(), layer.featureShape(), values);
    }
  }

  private Optional<RunDirectory> earlierRun(int number) {
    return directory
        .map(run -> RunDirectory.layer(run, number))
        .filter(RunDirectory::holdsRun)
        .map(RunDirectory::open);
  }

  /** Trains a layer to its end; false if a stop cut it short. */
  private boolean train(int number, boolean resume, LayerFeatures features) {
    listeners.forEach(listener -> listener.layerStarted(number, layers.size()));
    Optional<Input> input = input(number, features);
    if (input.isEmpty()) {
      return false;
    }
    try (Input samples = input.get()) {
      if (number > 2 && !settings.keepFeatures()) {
        features.remove(number - 2);
      }
      Trainer trainer =
          Trainer.of(layers.get(number - 1).model())
              .data(samples.data())
              .settings(settingsOf(number))
              .resume(resume)
              .stopWhen(stopRequested);
      validation.ifPresent(trainer::validation);
      directory.ifPresent(run -> trainer.to(RunDirectory.layer(run, number)));
      listeners.forEach(trainer::listen);
      TrainingResult run = trainer.train();
      steps += run.steps();
      epochs += run.epochs();
      last = run.last().or(() -> last);
      history.addAll(run.history());
      why = run.why();
      return run.status() == TrainingResult.Status.FINISHED;
    }
  }

  /** What a layer is trained on; empty if a stop cut the writing of it short. */
  private Optional<Input> input(int number, LayerFeatures features) {
    if (number == 1) {
      return Optional.of(new Input(data, false));
    }
    int below = number - 1;
    Path file = features.of(below);
    if (!features.written(below)) {
      Optional<Input> source = input(below, features);
      if (source.isEmpty()) {
        return Optional.empty();
      }
      try (Input samples = source.get()) {
        if (!write(below, samples.data(), file)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Input(ArrowDataset.open(file), true));
  }

  private boolean write(int number, Dataset samples, Path file) {
    String stage = "writing the features of layer " + number;
    return FeatureWriter.write(
        layers.get(number - 1).model(),
        samples,
        file,
        Map.of("layer", Integer.toString(number)),
        (done, total) -> {
          listeners.forEach(listener -> listener.preparing(stage, done, total));
          return !stopRequested.getAsBoolean();
        });
  }
}
