package dev.wta.eval.dictionary;

import dev.wta.api.backend.Backend;
import dev.wta.models.FeatureExtractor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Metrics of each latent's direction relative to those of the others.
 *
 * @param decoderCosine the largest cosine of the decoder's row with another row of it
 * @param encoderCosine the same of the encoder; empty where its rows are not those of a space with
 *     the decoder's, see {@link Dictionary#ofEncoder}
 * @param encoderDecoderCosine the cosine of the two rows; empty as {@code encoderCosine}
 */
public record DictionaryMetrics(
    List<Double> decoderCosine,
    Optional<List<Double>> encoderCosine,
    Optional<List<Double>> encoderDecoderCosine) {

  /** Measures a model's dictionary. */
  public static DictionaryMetrics of(FeatureExtractor model) {
    Backend backend = model.backend();
    Dictionary decoder = Dictionary.ofDecoder(model);
    Optional<Dictionary> encoder = Dictionary.ofEncoder(model);
    return new DictionaryMetrics(
        list(Cosines.closestOther(backend, decoder).cosine()),
        encoder.map(rows -> list(Cosines.closestOther(backend, rows).cosine())),
        encoder.map(rows -> list(rows.cosines(decoder))));
  }

  /** The mean of a number of all latents. */
  public static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  private static List<Double> list(float[] values) {
    List<Double> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add((double) value);
    }
    return list;
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>(values.length);
    for (double value : values) {
      list.add(value);
    }
    return list;
  }
}
