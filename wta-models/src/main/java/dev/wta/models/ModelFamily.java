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
 * A kind of model that a configuration can name: a value, which a jar lists in its {@link
 * ModelProvider}.
 *
 * <pre>{@code
 * ModelFamily.of("my-sae", "a sparse autoencoder of my own", Settings.DEFAULTS, MySae::new)
 *     .training(Map.of("rate", 1e-3))
 * }</pre>
 *
 * @param name what configurations call it: lower case, such as {@code fc-wta}
 * @param summary what it is, in one line for help
 * @param settings what can be configured
 * @param constructor makes a model
 * @param traits what most families leave out
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

  /** What most families leave out. */
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

  /** This family with settings that belong together, each set under a name. */
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
   * This family with what settings of today stood for in runs that were kept before there were
   * these settings, by key: such runs are read as if they had said so.
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
   * This family, whose models are trained a layer at a time, each by settings of its own: those
   * with {@link FeatureExtractor#layers}.
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
   * This family, whose models are transcoders: they reconstruct a target, whose shape the setting
   * {@code outputs} has.
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

  /** Settings that belong together, each set under a name. */
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

  /** Whether its models reconstruct a target, and not their samples. */
  public boolean transcodes() {
    return traits.transcodes;
  }

  /** Whether its models are trained a layer at a time. */
  public boolean trainsByLayer() {
    return traits.layers.isPresent();
  }

  /**
   * A run's settings with some of them changed, to use its model in another way than it was
   * trained; those of the last layer where models are trained a layer at a time.
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
   * A new model with first weights from {@code seed}: a {@link Model}, unless it {@link
   * #trainsByLayer}.
   *
   * @param settings read by {@link #settings()}
   * @param sample the shape of one sample
   * @throws WtaException if the settings contradict one another
   */
  public FeatureExtractor create(
      SettingsRecord<?> settings, Shape sample, Backend backend, Seed seed) {
    return constructor.create(settings, sample, backend, seed);
  }
}
