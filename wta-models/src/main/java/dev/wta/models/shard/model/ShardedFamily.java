package dev.wta.models.shard.model;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.fc.FcWta;
import dev.wta.models.sae.BatchTopKSae;
import dev.wta.models.sae.JumpReluSae;
import dev.wta.models.sae.SaeSettings;
import dev.wta.models.sae.StandardSae;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.Collective;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A family whose models may be divided among ranks.
 *
 * @param <S> its settings
 * @param type the class of its settings
 * @param family its models
 * @param transcoder the transcoders with the same code, whose settings contain an S
 * @param unitsOf the number of units that settings ask for
 * @param shares makes one rank's share of a model
 */
record ShardedFamily<S>(
    Class<S> type,
    ModelFamily family,
    Optional<ModelFamily> transcoder,
    ToIntFunction<S> unitsOf,
    Shares<S> shares) {
  private static final List<ShardedFamily<?>> ALL =
      List.of(
          new ShardedFamily<>(
              FcWta.Settings.class,
              FcWta.FAMILY,
              Optional.empty(),
              settings -> settings.hidden().getLast(),
              (_, code, sample, backend, seed, collective) ->
                  new ShardedFcWta(code, sample, backend, seed, collective)),
          ofLatents(TopKSae.Settings.class, TopKSae.FAMILY, TopKSae.TRANSCODER, ShardedTopK::of),
          ofLatents(
              BatchTopKSae.Settings.class,
              BatchTopKSae.FAMILY,
              BatchTopKSae.TRANSCODER,
              ShardedTopK::of),
          ofLatents(
              JumpReluSae.Settings.class,
              JumpReluSae.FAMILY,
              JumpReluSae.TRANSCODER,
              ShardedJumpRelu::new),
          ofLatents(
              StandardSae.Settings.class,
              StandardSae.FAMILY,
              StandardSae.TRANSCODER,
              ShardedStandard::new));

  /** Makes one rank's share of a model. */
  @FunctionalInterface
  interface Shares<S> {
    /**
     * @param all the model's settings
     * @param code those that determine its code: the same, or of a transcoder its autoencoder's
     */
    ShardedModel of(
        SettingsRecord<?> all,
        S code,
        Shape sample,
        Backend backend,
        Seed seed,
        Collective collective);
  }

  private static <S extends Record & SaeSettings.Within<S>> ShardedFamily<S> ofLatents(
      Class<S> type, ModelFamily family, ModelFamily transcoder, Shares<S> shares) {
    return new ShardedFamily<>(
        type, family, Optional.of(transcoder), settings -> settings.sae().hidden(), shares);
  }

  /**
   * The family that settings are of.
   *
   * @throws WtaException if its models cannot be divided
   */
  static ShardedFamily<?> of(SettingsRecord<?> settings) {
    return ALL.stream()
        .filter(family -> family.type.isInstance(code(settings)))
        .findFirst()
        .orElseThrow(() -> notServed(settings));
  }

  /** The name of the family, or of its transcoders if settings are of one. */
  String name(SettingsRecord<?> settings) {
    return settings instanceof TranscoderSettings<?>
        ? transcoder.orElseThrow().name()
        : family.name();
  }

  int units(SettingsRecord<?> settings) {
    return unitsOf.applyAsInt(type.cast(code(settings)));
  }

  ShardedModel share(
      SettingsRecord<?> settings, Shape sample, Backend backend, Seed seed, Collective collective) {
    return shares.of(settings, type.cast(code(settings)), sample, backend, seed, collective);
  }

  private static SettingsRecord<?> code(SettingsRecord<?> settings) {
    return settings instanceof TranscoderSettings<?> transcoder
        ? transcoder.autoencoder()
        : settings;
  }

  private static WtaException notServed(SettingsRecord<?> settings) {
    String name =
        settings instanceof ModelSettings<?, ?> model
            ? model.family().name()
            : settings.getClass().getName();
    String served =
        ALL.stream()
            .flatMap(family -> Stream.concat(Stream.of(family.family), family.transcoder.stream()))
            .map(ModelFamily::name)
            .collect(Collectors.joining(", "));
    return new WtaException(
        "sharded training does not serve %s: its units do more together than win and be summed"
            .formatted(name),
        "train it on one machine, or choose one of " + served);
  }
}
