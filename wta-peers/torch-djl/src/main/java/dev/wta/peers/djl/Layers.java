package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;

/** Layers as functions of their input and parameters. */
final class Layers {
  private Layers() {}

  /** {@code x W' + b}. */
  static NDArray linear(NDArray x, NDArray weights, NDArray biases) {
    return x.getNDArrayInternal().linear(x, weights, biases).singletonOrThrow();
  }

  static NDArray relu(NDArray x) {
    return x.getNDArrayInternal().relu();
  }

  /** Rows of {@code table}. */
  static NDArray rows(NDArray indices, NDArray table) {
    return indices
        .getNDArrayInternal()
        .embedding(indices, table, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /** A convolution whose maps have the size of its input. */
  static NDArray convolution(NDArray x, NDArray filters, NDArray biases, int window) {
    Shape padding = new Shape(window / 2, window / 2);
    Shape one = new Shape(1, 1);
    return x.getNDArrayInternal()
        .convolution(x, filters, biases, one, padding, one, 1)
        .singletonOrThrow();
  }
}
