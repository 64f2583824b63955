package dev.wta.data.preprocessing;

import java.util.Arrays;

/** Weighted means over a window along one axis of a plane, cut at the plane's border. */
final class LocalMean {
  private final double[] weights;
  private final int length;
  private final double[] sums;

  /**
   * @param weights of a neighbour at distance 0, 1, ...; negative distances mirror them
   * @param length the axis' extent
   */
  LocalMean(double[] weights, int length) {
    this.weights = weights.clone();
    this.length = length;
    this.sums = new double[length];
    for (int at = 0; at < length; at++) {
      for (int to = first(at); to <= last(at); to++) {
        sums[at] += weights[Math.abs(to - at)];
      }
    }
  }

  int length() {
    return length;
  }

  private int first(int at) {
    return Math.max(0, at - weights.length + 1);
  }

  private int last(int at) {
    return Math.min(length - 1, at + weights.length - 1);
  }

  /** The means along one row of {@link #length} values from {@code start}. */
  void alongRow(double[] plane, double[] means, int start) {
    for (int at = 0; at < length; at++) {
      double sum = 0;
      for (int to = first(at); to <= last(at); to++) {
        sum += weights[Math.abs(to - at)] * plane[start + to];
      }
      means[start + at] = sum / sums[at];
    }
  }

  /** The means along all columns of a plane of {@link #length} rows. */
  void alongColumns(double[] plane, double[] means, int width) {
    double[] row = new double[width];
    for (int at = 0; at < length; at++) {
      Arrays.fill(row, 0);
      for (int to = first(at); to <= last(at); to++) {
        double weight = weights[Math.abs(to - at)] / sums[at];
        for (int i = 0; i < width; i++) {
          row[i] += weight * plane[to * width + i];
        }
      }
      System.arraycopy(row, 0, means, at * width, width);
    }
  }
}
