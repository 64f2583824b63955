package dev.wta.api.op;

/**
 * Square pooling windows, cut at the border: the output has {@code ceil(extent / stride)} windows a
 * side, the window of output {@code o} covers the pixels {@code o * stride} to {@code o * stride +
 * size - 1} that exist.
 */
public record Pool(int size, int stride) {
  public Pool {
    if (size < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "no such pooling: size %d, stride %d".formatted(size, stride));
    }
  }

  public int outputExtent(int extent) {
    return Math.ceilDiv(extent, stride);
  }
}
