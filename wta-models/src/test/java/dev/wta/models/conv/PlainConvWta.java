package dev.wta.models.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * CONV-WTA with SGD and momentum, in double precision on arrays, straight from the equations: an
 * implementation that shares nothing with the one it checks. Pictures and maps are {@code
 * [channel][y][x]}, filters {@code [map][channel][i][j]}.
 */
final class PlainConvWta {
  private final List<double[][][][]> encoder;
  private final List<double[]> encoderBiases;
  private final double[][][][] decoder;
  private final double[] decoderBias;
  private final double sparsity;
  private final double rate;
  private final double momentum;
  private final List<double[]> parameters;
  private final List<double[]> velocities;

  PlainConvWta(
      List<double[][][][]> encoder,
      double[][][][] decoder,
      double sparsity,
      double rate,
      double momentum) {
    this.encoder = encoder;
    this.encoderBiases = encoder.stream().map(filters -> new double[filters.length]).toList();
    this.decoder = decoder;
    this.decoderBias = new double[decoder[0].length];
    this.sparsity = sparsity;
    this.rate = rate;
    this.momentum = momentum;
    this.parameters = rows(encoder, encoderBiases, decoder, decoderBias);
    this.velocities = parameters.stream().map(row -> new double[row.length]).toList();
  }

  /** One step on a batch of pictures; answers the loss before it. */
  double step(double[][][][] batch) {
    int depth = encoder.size();
    List<double[][][][]> hidden = new ArrayList<>(); // each layer's input, and finally the maps
    hidden.add(batch);
    for (int l = 0; l < depth; l++) {
      double[][][][] maps = new double[batch.length][][][];
      for (int n = 0; n < batch.length; n++) {
        maps[n] = convolved(hidden.get(l)[n], encoder.get(l), encoderBiases.get(l));
        rectify(maps[n]);
      }
      hidden.add(maps);
    }
    double[][][][] code = winners(hidden.get(depth));
    List<double[][][][]> encoderSlopes = encoder.stream().map(PlainConvWta::zerosLike).toList();
    List<double[]> biasSlopes =
        encoder.stream().map(filters -> new double[filters.length]).toList();
    double[][][][] decoderSlopes = zerosLike(decoder);
    double[] decoderBiasSlopes = new double[decoderBias.length];
    double loss = 0;
    for (int n = 0; n < batch.length; n++) {
      double[][][] slope = decoded(code[n], decoder, decoderBias);
      for (int c = 0; c < slope.length; c++) {
        for (int y = 0; y < slope[c].length; y++) {
          for (int x = 0; x < slope[c][y].length; x++) {
            double error = slope[c][y][x] - batch[n][c][y][x];
            loss += error * error / batch.length;
            slope[c][y][x] = 2 * error / batch.length;
          }
        }
      }
      addSums(slope, decoderBiasSlopes);
      addFilterSlopes(slope, code[n], decoderSlopes);
      slope = convolved(slope, decoder, new double[decoder.length]);
      mask(slope, code[n]);
      for (int l = depth - 1; l >= 0; l--) {
        addSums(slope, biasSlopes.get(l));
        addFilterSlopes(hidden.get(l)[n], slope, encoderSlopes.get(l));
        slope = decoded(slope, encoder.get(l), new double[hidden.get(l)[n].length]);
        mask(slope, hidden.get(l)[n]);
      }
    }
    descend(rows(encoderSlopes, biasSlopes, decoderSlopes, decoderBiasSlopes));
    return loss;
  }

  /** A place where a filter meets a picture. */
  private interface Tap {
    void at(int map, int y, int x, int channel, int pixelY, int pixelX, int i, int j);
  }

  /** Every tap of zero-padded filters that lies in a picture of that size. */
  private static void taps(double[][][][] filters, int height, int width, Tap tap) {
    int size = filters[0][0].length;
    for (int m = 0; m < filters.length; m++) {
      for (int c = 0; c < filters[m].length; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int i = Math.max(0, size / 2 - y);
                i < Math.min(size, height + size / 2 - y);
                i++) {
              for (int j = Math.max(0, size / 2 - x);
                  j < Math.min(size, width + size / 2 - x);
                  j++) {
                tap.at(m, y, x, c, y + i - size / 2, x + j - size / 2, i, j);
              }
            }
          }
        }
      }
    }
  }

  private static double[][][] convolved(
      double[][][] picture, double[][][][] filters, double[] bias) {
    double[][][] maps = filled(bias, picture[0].length, picture[0][0].length);
    taps(
        filters,
        picture[0].length,
        picture[0][0].length,
        (m, y, x, c, pixelY, pixelX, i, j) ->
            maps[m][y][x] += picture[c][pixelY][pixelX] * filters[m][c][i][j]);
    return maps;
  }

  /** The deconvolution of maps, also the slope by the picture of a convolution. */
  private static double[][][] decoded(double[][][] maps, double[][][][] filters, double[] bias) {
    double[][][] picture = filled(bias, maps[0].length, maps[0][0].length);
    taps(
        filters,
        maps[0].length,
        maps[0][0].length,
        (m, y, x, c, pixelY, pixelX, i, j) ->
            picture[c][pixelY][pixelX] += maps[m][y][x] * filters[m][c][i][j]);
    return picture;
  }

  private static void addFilterSlopes(
      double[][][] picture, double[][][] maps, double[][][][] slopes) {
    taps(
        slopes,
        maps[0].length,
        maps[0][0].length,
        (m, y, x, c, pixelY, pixelX, i, j) ->
            slopes[m][c][i][j] += picture[c][pixelY][pixelX] * maps[m][y][x]);
  }

  private static void addSums(double[][][] maps, double[] sums) {
    for (int m = 0; m < maps.length; m++) {
      for (double[] row : maps[m]) {
        for (double value : row) {
          sums[m] += value;
        }
      }
    }
  }

  private static void rectify(double[][][] maps) {
    mask(maps, maps);
  }

  /** Keeps what stands where {@code activations} are positive. */
  private static void mask(double[][][] maps, double[][][] activations) {
    for (int m = 0; m < maps.length; m++) {
      for (int y = 0; y < maps[m].length; y++) {
        for (int x = 0; x < maps[m][y].length; x++) {
          if (!(activations[m][y][x] > 0)) {
            maps[m][y][x] = 0;
          }
        }
      }
    }
  }

  /** Each map's largest activation in each sample, and of those the largest over the batch. */
  private double[][][][] winners(double[][][][] maps) {
    record Peak(int sample, int y, int x, double value) {}
    double[][][][] code = zerosLike(maps);
    int k = (int) Math.max(1, Math.floor(sparsity * maps.length + 0.5));
    for (int m = 0; m < maps[0].length; m++) {
      List<Peak> peaks = new ArrayList<>();
      for (int n = 0; n < maps.length; n++) {
        Peak best = new Peak(n, 0, 0, maps[n][m][0][0]);
        for (int y = 0; y < maps[n][m].length; y++) {
          for (int x = 0; x < maps[n][m][y].length; x++) {
            if (maps[n][m][y][x] > best.value) {
              best = new Peak(n, y, x, maps[n][m][y][x]);
            }
          }
        }
        peaks.add(best);
      }
      peaks.sort(Comparator.comparingDouble(peak -> -peak.value));
      for (Peak peak : peaks.subList(0, Math.min(k, peaks.size()))) {
        code[peak.sample][m][peak.y][peak.x] = peak.value;
      }
    }
    return code;
  }

  private void descend(List<double[]> slopes) {
    for (int p = 0; p < parameters.size(); p++) {
      for (int i = 0; i < slopes.get(p).length; i++) {
        velocities.get(p)[i] = momentum * velocities.get(p)[i] - rate * slopes.get(p)[i];
        parameters.get(p)[i] += velocities.get(p)[i];
      }
    }
  }

  private static double[][][] filled(double[] values, int height, int width) {
    double[][][] maps = new double[values.length][height][width];
    for (int m = 0; m < maps.length; m++) {
      for (double[] row : maps[m]) {
        Arrays.fill(row, values[m]);
      }
    }
    return maps;
  }

  private static double[][][][] zerosLike(double[][][][] x) {
    return new double[x.length][x[0].length][x[0][0].length][x[0][0][0].length];
  }

  private static List<double[]> rows(
      List<double[][][][]> filters, List<double[]> biases, double[][][][] decoder, double[] bias) {
    List<double[]> rows = new ArrayList<>(biases);
    rows.add(bias);
    List<double[][][][]> all = new ArrayList<>(filters);
    all.add(decoder);
    for (double[][][][] layer : all) {
      for (double[][][] filter : layer) {
        for (double[][] channel : filter) {
          rows.addAll(List.of(channel));
        }
      }
    }
    return rows;
  }
}
