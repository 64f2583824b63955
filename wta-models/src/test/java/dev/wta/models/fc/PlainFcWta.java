package dev.wta.models.fc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * FC-WTA and its like with one hidden layer and Adam, in double precision on arrays, straight from
 * the equations: an implementation that shares nothing with the one it checks.
 */
public final class PlainFcWta {

  /** What becomes of activations: a factor for each, 0 for a loser. */
  public interface Survivors {
    /**
     * The factors.
     *
     * @param activations {@code (samples, units)}, rectified
     */
    double[][] of(double[][] activations);
  }

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;

  private final double rate;
  private final Survivors survivors;
  private final boolean tied;
  private final double[][] encoder; // (units, inputs)
  private final double[] encoderBias;
  private final double[][] decoder; // (units, inputs), the encoder itself if tied
  private final double[] decoderBias;
  private final List<double[]> parameters = new ArrayList<>();
  private final List<double[]> means = new ArrayList<>();
  private final List<double[]> squares = new ArrayList<>();
  private int steps;

  /**
   * @param ownDecoder the decoder's weights, unless they are the encoder's
   */
  public PlainFcWta(
      double[][] encoder, Optional<double[][]> ownDecoder, Survivors survivors, double rate) {
    this.encoder = encoder;
    this.decoder = ownDecoder.orElse(encoder);
    this.tied = ownDecoder.isEmpty();
    this.encoderBias = new double[encoder.length];
    this.decoderBias = new double[encoder[0].length];
    this.survivors = survivors;
    this.rate = rate;
    parameters.addAll(List.of(encoder));
    if (!tied) {
      parameters.addAll(List.of(decoder));
    }
    parameters.add(encoderBias);
    parameters.add(decoderBias);
    for (double[] parameter : parameters) {
      means.add(new double[parameter.length]);
      squares.add(new double[parameter.length]);
    }
  }

  /** Each unit's largest activations over the batch. */
  public static Survivors lifetime(double rate) {
    return activations -> {
      int k = (int) Math.max(1, Math.floor(rate * activations.length + 0.5));
      return transposed(largest(transposed(activations), k));
    };
  }

  /** Each sample's k largest activations. */
  public static Survivors topK(int k) {
    return activations -> largest(activations, k);
  }

  /** One step on a batch; answers the loss before it. */
  public double step(double[][] x) {
    return step(x, x);
  }

  /** One step that draws {@code target} from {@code x}; answers the loss before it. */
  public double step(double[][] x, double[][] target) {
    int samples = x.length;
    int units = encoder.length;
    int inputs = decoderBias.length;
    double[][] code = rectified(x);
    double[][] factors = survivors.of(code);
    for (int n = 0; n < samples; n++) {
      for (int u = 0; u < units; u++) {
        code[n][u] *= factors[n][u];
      }
    }
    double[][] error = new double[samples][inputs];
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < inputs; j++) {
        double y = decoderBias[j];
        for (int u = 0; u < units; u++) {
          y += code[n][u] * decoder[u][j];
        }
        error[n][j] = y - target[n][j];
        loss += error[n][j] * error[n][j] / samples;
      }
    }
    double[][] encoderGradient = new double[units][inputs];
    double[][] decoderGradient = tied ? encoderGradient : new double[units][inputs];
    double[] encoderBiasGradient = new double[units];
    double[] decoderBiasGradient = new double[inputs];
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < inputs; j++) {
        decoderBiasGradient[j] += 2 * error[n][j] / samples;
      }
      for (int u = 0; u < units; u++) {
        if (code[n][u] > 0) {
          double codeGradient = 0;
          for (int j = 0; j < inputs; j++) {
            codeGradient += 2 * error[n][j] / samples * decoder[u][j] * factors[n][u];
          }
          encoderBiasGradient[u] += codeGradient;
          for (int j = 0; j < inputs; j++) {
            decoderGradient[u][j] += code[n][u] * 2 * error[n][j] / samples;
            encoderGradient[u][j] += codeGradient * x[n][j];
          }
        }
      }
    }
    List<double[]> gradients = new ArrayList<>(List.of(encoderGradient));
    if (!tied) {
      gradients.addAll(List.of(decoderGradient));
    }
    gradients.add(encoderBiasGradient);
    gradients.add(decoderBiasGradient);
    adam(gradients);
    return loss;
  }

  private double[][] rectified(double[][] x) {
    double[][] activations = new double[x.length][encoder.length];
    for (int n = 0; n < x.length; n++) {
      for (int u = 0; u < encoder.length; u++) {
        double sum = encoderBias[u];
        for (int j = 0; j < x[n].length; j++) {
          sum += encoder[u][j] * x[n][j];
        }
        activations[n][u] = Math.max(0, sum);
      }
    }
    return activations;
  }

  /** 1 at the k largest numbers of each row, the first ones where some are equal. */
  private static double[][] largest(double[][] rows, int k) {
    double[][] ones = new double[rows.length][rows[0].length];
    for (int n = 0; n < rows.length; n++) {
      double[] row = rows[n];
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < row.length; i++) {
        order.add(i);
      }
      order.sort(Comparator.comparingDouble(i -> -row[i]));
      for (int i : order.subList(0, Math.min(k, row.length))) {
        ones[n][i] = 1;
      }
    }
    return ones;
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] turned = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        turned[j][i] = matrix[i][j];
      }
    }
    return turned;
  }

  private void adam(List<double[]> gradients) {
    steps++;
    for (int p = 0; p < parameters.size(); p++) {
      double[] parameter = parameters.get(p);
      double[] mean = means.get(p);
      double[] square = squares.get(p);
      for (int i = 0; i < parameter.length; i++) {
        double g = gradients.get(p)[i];
        mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
        square[i] = BETA2 * square[i] + (1 - BETA2) * g * g;
        double unbiasedMean = mean[i] / (1 - Math.pow(BETA1, steps));
        double unbiasedSquare = square[i] / (1 - Math.pow(BETA2, steps));
        parameter[i] -= rate * unbiasedMean / (Math.sqrt(unbiasedSquare) + 1e-8);
      }
    }
  }
}
