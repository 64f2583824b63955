package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.settings.SettingsSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of model that configurations refer to by name. A jar lists its families in a {@link
 * ModelProvider}.
 *
 * <pre>{@code
 * ModelFamily.of("my-sae", "a sparse autoencoder of my own", Settings.DEFAULTS, MySae::new)
 *     .training(Map.of("rate", 1e-3))
 * }</pre>
 *
 * @param name its name in configurations, in lower case, such as {@code fc-wta}
 * @param summary a description in one line, for help
 * @param settings the settings of its models
 * @param constructor creates a model
 * @param traits optional properties
 */
public record ModelFamily(
    String name,
    String summary,
    SettingsSpec<? extends SettingsRecord<?>> settings,
    Constructor<SettingsRecord<?>> constructor,
    Traits traits) {

  /**
   * A model's constructor; throws {@link WtaException} if settings contradict one another.
   *
   * @param <S> the model's settings
   */
  @FunctionalInterface
  public interface Constructor<S> {
    FeatureExtractor create(S settings, Shape sample, Backend backend, Seed seed);
  }

  /** A run's settings with some of them changed, see {@link ModelFamily#changed}. */
  @FunctionalInterface
  public interface Changed {
    Map<String, Object> of(Map<String, Object> saved, Map<String, ?> changes);
  }

  /** Optional properties of a family. */
  public record Traits(
      Map<String, Object> training,
      List<Preset> presets,
      Map<String, Object> earlier,
      boolean classifies,
      boolean transcodes,
      Optional<Changed> layers) {
    private static final Traits NONE =
        new Traits(Map.of(), List.of(), Map.of(), false, false, Optional.empty());

    public Traits {
      training = Map.copyOf(training);
      presets = List.copyOf(presets);
      earlier = Map.copyOf(earlier);
    }
  }

  /** A family with the training settings of all; {@code defaults} are the settings and values. */
  public static <S extends Record & SettingsRecord<S>> ModelFamily of(
      String name, String summary, S defaults, Constructor<? super S> constructor) {
    @SuppressWarnings("unchecked") // the class of an S
    Class<S> type = (Class<S>) defaults.getClass();
    return new ModelFamily(
        name,
        summary,
        SettingsSpec.of(defaults),
        (given, sample, backend, seed) ->
            constructor.create(type.cast(given), sample, backend, seed),
        Traits.NONE);
  }

  /** This family with other defaults of training settings, by key, such as {@code rate}. */
  public ModelFamily training(Map<String, Object> defaults) {
    return with(
        new Traits(
            defaults,
            traits.presets,
            traits.earlier,
            traits.classifies,
            traits.transcodes,
            traits.layers));
  }

  /** This family with presets: named sets of settings. */
  public ModelFamily presets(List<Preset> presets) {
    return with(
        new Traits(
            traits.training,
            presets,
            traits.earlier,
            traits.classifies,
            traits.transcodes,
            traits.layers));
  }

  /**
   * This family with the values that settings have in runs of earlier versions, which do not name
   * them, by key.
   */
  public ModelFamily earlierSettings(Map<String, Object> earlier) {
    return with(
        new Traits(
            traits.training,
            traits.presets,
            earlier,
            traits.classifies,
            traits.transcodes,
            traits.layers));
  }

  /** This family, whose models are {@link Classifier}s. */
  public ModelFamily ofClassifiers() {
    return with(
        new Traits(
            traits.training,
            traits.presets,
            traits.earlier,
            true,
            traits.transcodes,
            traits.layers));
  }

  /**
   * This family, whose models are stacks with {@link FeatureExtractor#layers}, trained layer by
   * layer with settings for each.
   *
   * @param changed changes settings of a run's last layer
   */
  public ModelFamily ofLayers(Changed changed) {
    return with(
        new Traits(
            traits.training,
            traits.presets,
            traits.earlier,
            traits.classifies,
            traits.transcodes,
            Optional.of(changed)));
  }

  /**
   * This family, whose models are transcoders: they reconstruct a target of the shape that the
   * setting {@code outputs} gives.
   */
  public ModelFamily ofTranscoders() {
    return with(
        new Traits(
            traits.training,
            traits.presets,
            traits.earlier,
            traits.classifies,
            true,
            traits.layers));
  }

  private ModelFamily with(Traits changed) {
    return new ModelFamily(name, summary, settings, constructor, changed);
  }

  /** Training settings whose defaults differ for this family, such as {@code rate}. */
  public Map<String, Object> trainingDefaults() {
    return traits.training;
  }

  /** Named sets of settings. */
  public List<Preset> presets() {
    return traits.presets;
  }

  /** See {@link #earlierSettings(Map)}. */
  public Map<String, Object> earlierSettings() {
    return traits.earlier;
  }

  /** Whether its models have a classifier of their own. */
  public boolean classifies() {
    return traits.classifies;
  }

  /** Whether its models are transcoders, which reconstruct a target instead of their samples. */
  public boolean transcodes() {
    return traits.transcodes;
  }

  /** Whether its models are stacks, trained layer by layer. */
  public boolean trainsByLayer() {
    return traits.layers.isPresent();
  }

  /**
   * A run's settings with some of them changed for inference; for a stack those of its last layer.
   *
   * @throws WtaException if there is no such setting
   */
  public Map<String, Object> changed(Map<String, Object> saved, Map<String, ?> changes) {
    return traits
        .layers
        .map(ofLayers -> ofLayers.of(saved, changes))
        .orElseGet(() -> changedByKey(saved, changes));
  }

  private Map<String, Object> changedByKey(Map<String, Object> saved, Map<String, ?> changes) {
    Map<String, Object> changed = new LinkedHashMap<>(saved);
    changes.forEach(
        (key, value) -> {
          if (settings.find(key).isEmpty()) {
            throw new WtaException("%s has no setting '%s'".formatted(name, key), "leave it out");
          }
          changed.put(key, value);
        });
    return changed;
  }

  /**
   * A new model with initial weights from {@code seed}: a {@link Model}, or a stack if the family
   * {@link #trainsByLayer}.
   *
   * @param settings settings parsed by {@link #settings()}
   * @param sample the shape of one sample
   * @throws WtaException if the settings contradict one another
   */
  public FeatureExtractor create(
      SettingsRecord<?> settings, Shape sample, Backend backend, Seed seed) {
    return constructor.create(settings, sample, backend, seed);
  }
}
