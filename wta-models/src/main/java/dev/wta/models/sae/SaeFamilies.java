package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.settings.SettingsRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The families of this package: each kind of code as an autoencoder and as a transcoder. */
final class SaeFamilies {
  /** The values that these settings have in runs of earlier versions, which do not name them. */
  private static final Map<String, Object> EARLIER =
      Map.of(
          "decoder-rows", "unit",
          "first-centre", "median",
          "loss-scale", "variance",
          "aux-signed", false,
          "aux-scale", "reconstruction",
          "dead-counted", "after",
          "threshold-form", "log",
          "sparsity-loss", "step",
          "kernel-to-encoder", false);

  private SaeFamilies() {}

  /** Makes the models of a family. */
  @FunctionalInterface
  interface Constructor<S extends SettingsRecord<?>> {
    SparseAutoencoder create(
        SaeSettings.Design<S> design, Shape sample, Backend backend, Seed seed);
  }

  /** A family of this package, with the pre-processing of all of them. */
  static <S extends Record & SaeSettings.Within<S>> ModelFamily autoencoder(
      String name,
      String summary,
      S defaults,
      Map<String, Object> training,
      Constructor<S> constructor) {
    Map<String, Object> earlier = new LinkedHashMap<>(EARLIER);
    earlier.keySet().retainAll(defaults.toMap().keySet());
    return ModelFamily.of(
            name,
            summary,
            defaults,
            (settings, sample, backend, seed) ->
                constructor.create(SaeSettings.Design.of(name, settings), sample, backend, seed))
        .training(preprocessed(training))
        .earlierSettings(earlier);
  }

  /** The transcoders with the code of a family of this package. */
  static <S extends Record & SaeSettings.Within<S>> ModelFamily transcoder(
      String of, S defaults, Map<String, Object> training, Constructor<S> constructor) {
    String name = of + "-transcoder";
    return ModelFamily.of(
            name,
            "transcoder: the code of %s, decoded to a target (Dunefsky et al. 2024)".formatted(of),
            new TranscoderSettings<>(defaults, false, List.of()),
            (settings, sample, backend, seed) ->
                constructor.create(
                    new SaeSettings.Design<>(name, settings.autoencoder(), Optional.of(settings)),
                    sample,
                    backend,
                    seed))
        .training(preprocessed(training))
        .ofTranscoders();
  }

  private static Map<String, Object> preprocessed(Map<String, Object> training) {
    Map<String, Object> all = new LinkedHashMap<>(training);
    all.put("preprocess", List.of("scale", "mean-norm"));
    return all;
  }
}
