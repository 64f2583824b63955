package dev.wta.models.sae;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The settings of a transcoder (Dunefsky et al. 2024): a sparse autoencoder whose code is that of a
 * sample {@code x}, and whose reconstruction is that of a target {@code t}, such as the input and
 * the output of an MLP.
 *
 * <pre>{@code
 * z = code(W x + b);  y = z D + c + S x;  loss: the autoencoder's, with |t - y|^2 for |x - y|^2
 * }</pre>
 *
 * <p>S is the skip connection of a skip transcoder (Paulo et al. 2025), and 0 without it. Nothing
 * is subtracted from samples, since c is a bias of targets. Where an autoencoder would subtract its
 * first centre m, b begins lower by {@code W m}. D's rows are random at first, and so are W's, of
 * the same lengths; S begins at 0.
 *
 * <pre>{@code
 * Model mlp =
 *     TranscoderSettings.of(TopKSae.Settings.DEFAULTS.hidden(6144).k(32), Shape.of(768))
 *         .skip(true)
 *         .on(768, backend, Seed.of(1));
 * }</pre>
 *
 * @param <S> the autoencoder's settings
 * @param autoencoder the autoencoder's settings
 * @param skip whether there is a skip connection
 * @param outputs the extents of a target's shape; none before it is known
 */
public record TranscoderSettings<S extends Record & SaeSettings.Within<S>>(
    S autoencoder,
    @Setting(
            help =
                "whether to add a linear map of the samples to the reconstruction (a skip"
                    + " transcoder)")
        boolean skip,
    @Setting(help = "shape of a target; --target sets it", as = Extents.class)
        List<Integer> outputs)
    implements ModelSettings<TranscoderSettings<S>, Model> {

  static final class Extents extends SettingType {
    Extents() {
      super(
          "whole numbers from 1, or none",
          List.class,
          given -> words(given).stream().map(Extents::extent).toList(),
          extents -> extents);
    }

    private static int extent(String word) {
      try {
        int extent = Integer.parseInt(word);
        if (extent >= 1) {
          return extent;
        }
      } catch (NumberFormatException notWhole) {
        throw new IllegalArgumentException(wrong(word), notWhole);
      }
      throw new IllegalArgumentException(wrong(word));
    }

    private static String wrong(String word) {
      return "a list of whole numbers from 1, not '%s'".formatted(word);
    }
  }

  public TranscoderSettings {
    outputs = List.copyOf(outputs);
  }

  /** A transcoder with the code of that autoencoder to targets of a shape, without a skip. */
  public static <S extends Record & SaeSettings.Within<S>> TranscoderSettings<S> of(
      S autoencoder, Shape target) {
    return new TranscoderSettings<>(autoencoder, false, extents(target));
  }

  /** The setting of {@link #outputs} by its key, for targets of that shape. */
  public static Map<String, Object> outputs(Shape target) {
    return Map.of("outputs", extents(target));
  }

  private static List<Integer> extents(Shape target) {
    return Arrays.stream(target.extents()).boxed().toList();
  }

  @Override
  public Model on(Shape sample, Backend backend, Seed seed) {
    return (Model) autoencoder.transcoder().create(this, sample, backend, seed);
  }

  @Override
  public ModelFamily family() {
    return ModelFamilies.of(
        this,
        family ->
            family.settings().defaults() instanceof TranscoderSettings<?> defaults
                && defaults.autoencoder().getClass() == autoencoder.getClass());
  }

  /** Whether a linear map of the samples is added to reconstructions. */
  public TranscoderSettings<S> skip(boolean added) {
    return with("skip", added);
  }

  /**
   * The shape of a target.
   *
   * @param family what the model is called
   * @throws WtaException if it is not set
   */
  public Shape target(String family) {
    if (outputs.isEmpty()) {
      throw new WtaException(
          "%s reconstructs a target, and there is none".formatted(family),
          "give the targets of the samples: --target FILE");
    }
    return Shape.of(outputs.stream().mapToInt(Integer::intValue).toArray());
  }
}
