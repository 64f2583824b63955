package dev.wta.models.exchange;

/**
 * The weights that all sparse autoencoders have, unit-major, and the changes of form that leave
 * codes and reconstructions what they are. Products are formed in double precision and rounded
 * once.
 *
 * <pre>{@code
 * z = code(W (x - c) + b);  y = z D + c
 * }</pre>
 */
final class SaeWeights {
  private final float[] encoder;
  private final float[] bias;
  private final float[] decoder;
  private final float[] centre;

  /**
   * Takes arrays that are nobody else's from then on.
   *
   * @param encoder {@code W (latents, inputs)}
   * @param bias {@code b (latents)}
   * @param decoder {@code D (latents, inputs)}
   * @param centre {@code c (inputs)}
   */
  SaeWeights(float[] encoder, float[] bias, float[] decoder, float[] centre) {
    this.encoder = encoder;
    this.bias = bias;
    this.decoder = decoder;
    this.centre = centre;
  }

  float[] encoder() {
    return encoder;
  }

  float[] bias() {
    return bias;
  }

  float[] decoder() {
    return decoder;
  }

  float[] centre() {
    return centre;
  }

  /** {@code (rows, columns)} as {@code (columns, rows)}. */
  static float[] transposed(float[] matrix, int rows, int columns) {
    float[] turned = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column * rows + row] = matrix[row * columns + column];
      }
    }
    return turned;
  }

  /** {@code W c}: how much each latent gets of the centre, {@code (latents)}. */
  double[] encodedCentre() {
    double[] encoded = new double[bias.length];
    for (int latent = 0; latent < bias.length; latent++) {
      for (int i = 0; i < centre.length; i++) {
        encoded[latent] += (double) encoder[latent * centre.length + i] * centre[i];
      }
    }
    return encoded;
  }

  /**
   * These weights of a model that encodes {@code W x + b}, as those of one that encodes {@code W (x
   * - c) + b'}: {@code b' = b + W c}.
   */
  SaeWeights centred() {
    return new SaeWeights(encoder, plus(bias, encodedCentre()), decoder, centre);
  }

  /** Each number with another one added. */
  static float[] plus(float[] numbers, double[] added) {
    float[] sums = new float[numbers.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) (numbers[i] + added[i]);
    }
    return sums;
  }

  /**
   * These weights of a model that encodes samples times {@code factor}, as those of one that
   * encodes the samples and reconstructs in their unit: {@code W' = W f, D' = D / f, c' = c / f}.
   */
  SaeWeights ofUnscaledSamples(double factor) {
    return new SaeWeights(
        times(encoder, factor), bias, times(decoder, 1 / factor), times(centre, 1 / factor));
  }

  private static float[] times(float[] numbers, double factor) {
    float[] products = new float[numbers.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = (float) (numbers[i] * factor);
    }
    return products;
  }

  /**
   * These weights of a model that encodes samples less {@code mean}, as those of one that encodes
   * the samples and reconstructs them: {@code c' = c + mean}.
   */
  SaeWeights ofUncentredSamples(float[] mean) {
    float[] moved = new float[centre.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = centre[i] + mean[i];
    }
    return new SaeWeights(encoder, bias, decoder, moved);
  }

  /** The length of a row of a matrix with so many columns. */
  static double length(float[] matrix, int row, int columns) {
    double squares = 0;
    for (int i = row * columns; i < (row + 1) * columns; i++) {
      squares += (double) matrix[i] * matrix[i];
    }
    return Math.sqrt(squares);
  }

  /**
   * These weights of a model whose activations are multiplied by the lengths of D's rows, as those
   * of one whose rows have length 1: {@code W' = W |D|, b' = b |D|, D' = D / |D|}. A row of zeros
   * stays one, and its latent is never active.
   */
  SaeWeights withRowsOfLength1() {
    int inputs = centre.length;
    float[] rows = encoder.clone();
    float[] biases = bias.clone();
    float[] unit = decoder.clone();
    for (int latent = 0; latent < bias.length; latent++) {
      int start = latent * inputs;
      double length = length(decoder, latent, inputs);
      for (int i = start; i < start + inputs; i++) {
        rows[i] = (float) (encoder[i] * length);
        unit[i] = length > 0 ? (float) (decoder[i] / length) : 0;
      }
      biases[latent] = (float) (bias[latent] * length);
    }
    return new SaeWeights(rows, biases, unit, centre);
  }
}
