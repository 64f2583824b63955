package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.settings.SettingsRecord;

/**
 * The settings of a kind of model, and the factory of its models. All of wta's models are made the
 * same way, beginning with the defaults:
 *
 * <pre>{@code
 * TopKSae model = TopKSae.Settings.DEFAULTS.hidden(6144).k(32).on(768, backend, Seed.of(1));
 * }</pre>
 *
 * @param <S> the record
 * @param <M> the model
 */
public interface ModelSettings<S extends Record & ModelSettings<S, M>, M extends FeatureExtractor>
    extends SettingsRecord<S> {

  /**
   * The model in the memory of {@code backend}, with first weights from {@code seed}. The caller
   * closes it.
   *
   * @param sample the shape of one sample
   * @throws dev.wta.api.WtaException if the settings contradict one another, or do not fit such
   *     samples
   */
  M on(Shape sample, Backend backend, Seed seed);

  /**
   * The family of these models.
   *
   * @throws dev.wta.api.WtaException if no {@link ModelProvider} on the class path lists it
   */
  default ModelFamily family() {
    return ModelFamilies.of(this, family -> family.settings().defaults().getClass() == getClass());
  }

  /** The model of samples that are vectors of {@code inputs} numbers. */
  default M on(int inputs, Backend backend, Seed seed) {
    return on(Shape.of(inputs), backend, seed);
  }
}
