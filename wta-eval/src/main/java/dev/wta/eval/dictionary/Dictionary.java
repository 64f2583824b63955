package dev.wta.eval.dictionary;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.autodiff.Parameter;
import java.util.Optional;
import java.util.Set;

/**
 * Directions on the host: the rows of a dictionary at length 1. A row of zeros stays one, whose
 * cosine with any other is 0.
 */
public final class Dictionary {
  /** What families call the parameter that holds their encoder's filters. */
  private static final Set<String> ENCODERS = Set.of("encoder.weight", "encoder.0.weight");

  private final float[] rows;
  private final int size;
  private final int width;

  private Dictionary(float[] rows, int size, int width) {
    this.rows = rows;
    this.size = size;
    this.width = width;
  }

  /**
   * A dictionary of one's own.
   *
   * @param rows {@code (size, width)} of any length, copied
   */
  public static Dictionary of(float[] rows, int width) {
    if (width < 1 || rows.length == 0 || rows.length % width != 0) {
      throw new IllegalArgumentException(
          "%d numbers are not a number of rows of %d".formatted(rows.length, width));
    }
    float[] unit = rows.clone();
    for (int from = 0; from < unit.length; from += width) {
      double square = 0;
      for (int i = from; i < from + width; i++) {
        square += (double) unit[i] * unit[i];
      }
      double length = Math.sqrt(square);
      for (int i = from; i < from + width && length > 0; i++) {
        unit[i] = (float) (unit[i] / length);
      }
    }
    return new Dictionary(unit, rows.length / width, width);
  }

  /** The decoder's filters, a row a unit. */
  public static Dictionary ofDecoder(FeatureExtractor encoder) {
    return of(encoder.backend(), encoder.decoderFilters());
  }

  /**
   * The encoder's filters, a row a unit of {@link #ofDecoder}; empty where they are not to be had
   * in the decoder's space: of a transcoder, of several layers, and of families without any.
   */
  public static Optional<Dictionary> ofEncoder(FeatureExtractor encoder) {
    Shape decoder = encoder.decoderFilters().shape();
    return encoder.target().isPresent()
        ? Optional.empty()
        : encoder.parameters().stream()
            .filter(parameter -> ENCODERS.contains(parameter.name()))
            .map(Parameter::value)
            .filter(value -> value.shape().rank() > 1)
            .filter(value -> value.shape().rows() == decoder.rows())
            .filter(value -> value.shape().rowSize() == decoder.rowSize())
            .findFirst()
            .map(value -> of(encoder.backend(), value));
  }

  private static Dictionary of(Backend backend, Tensor filters) {
    return of(backend.memory().download(filters), filters.shape().rowSize());
  }

  /** The number of rows. */
  public int size() {
    return size;
  }

  /** The numbers of a row. */
  public int width() {
    return width;
  }

  /** A copy in a backend's memory, {@code (size, width)}, to be closed by the caller. */
  Tensor on(Backend backend) {
    return backend.memory().of(Shape.of(size, width), rows);
  }

  /**
   * The cosine of each row with the row of the same number in another dictionary.
   *
   * @throws IllegalArgumentException if the other is not of the same size and width
   */
  public double[] cosines(Dictionary other) {
    if (other.size != size || other.width != width) {
      throw new IllegalArgumentException(
          "%dx%d beside %dx%d".formatted(size, width, other.size, other.width));
    }
    double[] cosines = new double[size];
    for (int i = 0; i < rows.length; i++) {
      cosines[i / width] += (double) rows[i] * other.rows[i];
    }
    return cosines;
  }
}
