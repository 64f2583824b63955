package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;

/** Sums in double precision. */
final class Sums {
  private Sums() {}

  static double ofAbsoluteValues(NDArray x) {
    double sum = 0;
    for (float value : x.toFloatArray()) {
      sum += Math.abs(value);
    }
    return sum;
  }
}
