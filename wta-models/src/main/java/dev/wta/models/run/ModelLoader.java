package dev.wta.models.run;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelLayer;
import dev.wta.models.io.Safetensors;
import java.util.List;
import java.util.Map;

/** Makes the model of a run, and reads its last checkpoint and its pre-processing into it. */
final class ModelLoader {
  private static final String READING = "reading the run";

  private final RunDirectory run;

  ModelLoader(RunDirectory run) {
    this.run = run;
  }

  /** As {@link RunDirectory#load(Backend, Map)}, for samples of a given shape. */
  FeatureExtractor load(
      Backend backend, Map<String, ?> changed, Shape sample, ProgressListener listener) {
    RunConfig config = run.config();
    ModelFamily family = ModelFamilies.named(config.family());
    Map<String, Object> settings =
        changed.isEmpty() ? config.model() : family.changed(config.model(), changed);
    FeatureExtractor loaded =
        family.create(family.settings().parse(settings), sample, backend, Seed.of(0));
    try {
      restore(loaded, listener);
      return loaded;
    } catch (RuntimeException failed) {
      loaded.close();
      throw failed;
    }
  }

  /** As {@link RunDirectory#restore(FeatureExtractor)}. */
  void restore(FeatureExtractor model, ProgressListener listener) {
    List<ModelLayer> layers = model.layers();
    if (layers.isEmpty()) {
      readParameters(model, listener);
    } else {
      List<RunDirectory> runs = run.layers();
      if (runs.size() < layers.size()) {
        throw new WtaException(
            "%s has begun %d of its %d layers".formatted(run.path(), runs.size(), layers.size()),
            "resume its training");
      }
      for (int i = 0; i < layers.size(); i++) {
        new ModelLoader(runs.get(i)).restore(layers.get(i).model(), listener);
      }
    }
    model.preprocessWith(run.preprocessing());
    run.targetPreprocessing().ifPresent(model::preprocessTargetsWith);
  }

  private void readParameters(FeatureExtractor model, ProgressListener listener) {
    Map<String, Tensor> tensors = CheckpointFiles.parameters(model);
    long total = tensors.values().stream().mapToLong(Tensor::size).sum();
    long[] done = new long[1];
    listener.progressed(READING, 0, total);
    try (Safetensors saved = run.parameters()) {
      saved.load(
          model.backend().memory(),
          tensors,
          read -> listener.progressed(READING, done[0] += read, total));
    }
  }
}
