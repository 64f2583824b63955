package dev.wta.models.roae;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The rank-ordered autoencoder in double precision on arrays: every error, update and norm is
 * written out as the equations have it.
 */
public final class PlainRoae {
  private final double[][] weight; // (units, inputs)
  private final double bound;
  private final double rate;

  public PlainRoae(double[][] weight, double bound, double rate) {
    this.weight = weight;
    this.bound = bound;
    this.rate = rate;
  }

  /** One step on a batch; answers the mean norm of the samples' errors before it. */
  public double step(double[][] x) {
    double[][] update = new double[weight.length][x[0].length];
    double loss = 0;
    for (double[] sample : x) {
      loss += learn(sample, update) / x.length;
    }
    for (int u = 0; u < weight.length; u++) {
      for (int j = 0; j < x[0].length; j++) {
        weight[u][j] += rate * update[u][j];
      }
    }
    return loss;
  }

  /** For each number of units, the norm of the error that those of the highest rank leave. */
  double[] errorByRank(double[] x) {
    double[] raw = raw(x);
    List<Integer> ranked = ranked(raw);
    double[] errors = new double[weight.length];
    for (int r = 0; r < errors.length; r++) {
      errors[r] = norm(error(x, raw, ranked, r));
    }
    return errors;
  }

  private double learn(double[] x, double[][] update) {
    double[] raw = raw(x);
    List<Integer> ranked = ranked(raw);
    double[] error = x;
    for (int r = 0; r < weight.length; r++) {
      int unit = ranked.get(r);
      error = error(x, raw, ranked, r);
      double wanted = 0;
      for (int j = 0; j < x.length; j++) {
        wanted += error[j] * weight[unit][j] / x.length;
      }
      double encoder = 0;
      if (raw[unit] > 0 && wanted < 0) {
        encoder = Math.max(wanted, -raw[unit]);
      } else if (raw[unit] < 0 && wanted > 0) {
        encoder = Math.min(wanted, -raw[unit]);
      }
      double[] own = new double[x.length];
      for (int j = 0; j < x.length; j++) {
        own[j] = error[j] * clip(raw[unit]) + x[j] * encoder;
      }
      double shortened = Math.min(1, bound / norm(own));
      for (int j = 0; j < x.length; j++) {
        update[unit][j] += norm(own) == 0 ? 0 : shortened * own[j];
      }
    }
    return norm(error);
  }

  private double[] raw(double[] x) {
    double[] raw = new double[weight.length];
    for (int u = 0; u < raw.length; u++) {
      for (int j = 0; j < x.length; j++) {
        raw[u] += x[j] * weight[u][j] / x.length;
      }
    }
    return raw;
  }

  private static List<Integer> ranked(double[] raw) {
    List<Integer> units = new ArrayList<>();
    for (int u = 0; u < raw.length; u++) {
      units.add(u);
    }
    units.sort(Comparator.comparingDouble(u -> -raw[u]));
    return units;
  }

  /** What the units down to rank {@code last}, from 0, leave. */
  private double[] error(double[] x, double[] raw, List<Integer> ranked, int last) {
    double[] error = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      double drawn = 0;
      for (int unit : ranked.subList(0, last + 1)) {
        drawn += weight[unit][j] * clip(raw[unit]);
      }
      error[j] = x[j] - clip(drawn);
    }
    return error;
  }

  private static double clip(double value) {
    return Math.min(Math.max(value, 0), 1);
  }

  private static double norm(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
