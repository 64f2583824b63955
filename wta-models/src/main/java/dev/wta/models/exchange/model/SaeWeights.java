package dev.wta.models.exchange.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The weights that all sparse autoencoders have, unit-major, and the changes of form that leave
 * codes and reconstructions what they are. Products are formed in double precision and rounded
 * once.
 *
 * <pre>{@code
 * z = code(W (x - c) + b);  y = z D + c          an autoencoder
 * z = code(W x + b);        y = z D + c + S x    a transcoder, S being 0 where there is none
 * }</pre>
 */
public final class SaeWeights {
  private final float[] encoder;
  private final float[] bias;
  private final float[] decoder;
  private final float[] centre;
  private final Optional<float[]> skip;

  /**
   * Those of an autoencoder, or of a transcoder without a skip connection. The arrays are nobody
   * else's from then on.
   *
   * @param encoder {@code W (latents, inputs)}
   * @param bias {@code b (latents)}
   * @param decoder {@code D (latents, outputs)}
   * @param centre {@code c (outputs)}
   */
  public SaeWeights(float[] encoder, float[] bias, float[] decoder, float[] centre) {
    this(encoder, bias, decoder, centre, Optional.empty());
  }

  /**
   * As the other.
   *
   * @param skip {@code S (outputs, inputs)}
   */
  public SaeWeights(
      float[] encoder, float[] bias, float[] decoder, float[] centre, Optional<float[]> skip) {
    this.encoder = encoder;
    this.bias = bias;
    this.decoder = decoder;
    this.centre = centre;
    this.skip = skip;
  }

  public float[] encoder() {
    return encoder;
  }

  public float[] bias() {
    return bias;
  }

  public float[] decoder() {
    return decoder;
  }

  public float[] centre() {
    return centre;
  }

  public Optional<float[]> skip() {
    return skip;
  }

  public int latents() {
    return bias.length;
  }

  public int inputs() {
    return encoder.length / bias.length;
  }

  public int outputs() {
    return centre.length;
  }

  /** {@code (rows, columns)} as {@code (columns, rows)}. */
  public static float[] transposed(float[] matrix, int rows, int columns) {
    float[] turned = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column * rows + row] = matrix[row * columns + column];
      }
    }
    return turned;
  }

  /** {@code m v}: the product of each row with a vector. */
  static double[] product(float[] matrix, double[] vector) {
    double[] product = new double[matrix.length / vector.length];
    for (int row = 0; row < product.length; row++) {
      for (int i = 0; i < vector.length; i++) {
        product[row] += matrix[row * vector.length + i] * vector[i];
      }
    }
    return product;
  }

  /** {@code W c} of an autoencoder: how much each latent gets of the centre, {@code (latents)}. */
  public double[] encodedCentre() {
    double[] wide = new double[centre.length];
    Arrays.setAll(wide, i -> centre[i]);
    return product(encoder, wide);
  }

  /**
   * These weights of a model that encodes {@code W x + b}, as those of one that encodes {@code W (x
   * - c) + b'}: {@code b' = b + W c}.
   */
  public SaeWeights centred() {
    return new SaeWeights(encoder, plus(bias, encodedCentre()), decoder, centre);
  }

  /** The way back from {@link #centred}: {@code b = b' - W c}. */
  public SaeWeights uncentred() {
    double[] shift = encodedCentre();
    Arrays.setAll(shift, i -> -shift[i]);
    return new SaeWeights(encoder, plus(bias, shift), decoder, centre);
  }

  /** Each number with another one added. */
  public static float[] plus(float[] numbers, double[] added) {
    float[] sums = new float[numbers.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) (numbers[i] + added[i]);
    }
    return sums;
  }

  /**
   * These weights of an autoencoder of samples times {@code factor}, as those of one that encodes
   * the samples and reconstructs in their unit: {@code W' = W f, D' = D / f, c' = c / f}.
   */
  public SaeWeights ofUnscaledSamples(double factor) {
    return new SaeWeights(
        times(encoder, factor), bias, times(decoder, 1 / factor), times(centre, 1 / factor));
  }

  /** These weights with an encoder that multiplies samples by {@code factor}, and nothing else. */
  public SaeWeights encoderTimes(double factor) {
    return new SaeWeights(times(encoder, factor), bias, decoder, centre, skip);
  }

  /** These weights with D's rows multiplied by {@code factor}, and nothing else. */
  public SaeWeights decoderTimes(double factor) {
    return new SaeWeights(encoder, bias, times(decoder, factor), centre, skip);
  }

  /** These weights with b and c multiplied by factors of their own, and nothing else. */
  public SaeWeights biasesTimes(double ofBias, double ofCentre) {
    return new SaeWeights(encoder, times(bias, ofBias), decoder, times(centre, ofCentre), skip);
  }

  static float[] times(float[] numbers, double factor) {
    float[] products = new float[numbers.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = (float) (numbers[i] * factor);
    }
    return products;
  }

  /** The length of a row of a matrix with so many columns. */
  public static double length(float[] matrix, int row, int columns) {
    double squares = 0;
    for (int i = row * columns; i < (row + 1) * columns; i++) {
      squares += (double) matrix[i] * matrix[i];
    }
    return Math.sqrt(squares);
  }

  /** The lengths of D's rows, {@code (latents)}. */
  public double[] lengths() {
    double[] lengths = new double[bias.length];
    Arrays.setAll(lengths, latent -> length(decoder, latent, centre.length));
    return lengths;
  }

  /**
   * These weights of a model whose activations are multiplied by the lengths of D's rows, as those
   * of one whose rows have length 1. A row of zeros stays one, and its latent is never active.
   */
  public SaeWeights withRowsOfLength1() {
    return withLengthsEncoded(lengths());
  }

  /** {@code W' = W l, b' = b l, D' = D / l} for a number l of each latent; of 0 all is 0. */
  SaeWeights withLengthsEncoded(double[] lengths) {
    int inputs = inputs();
    float[] rows = encoder.clone();
    float[] biases = bias.clone();
    float[] shorter = decoder.clone();
    for (int latent = 0; latent < bias.length; latent++) {
      double length = lengths[latent];
      for (int i = latent * inputs; i < (latent + 1) * inputs; i++) {
        rows[i] = (float) (encoder[i] * length);
      }
      for (int i = latent * centre.length; i < (latent + 1) * centre.length; i++) {
        shorter[i] = length > 0 ? (float) (decoder[i] / length) : 0;
      }
      biases[latent] = (float) (bias[latent] * length);
    }
    return new SaeWeights(rows, biases, shorter, centre, skip);
  }
}
