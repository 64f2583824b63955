package dev.wta.api.tensor;

import dev.wta.api.op.Memory;

/**
 * The winners of a competition: a sparse code. Each winner has a value, the sample and the unit
 * (feature map) it belongs to, and, for maps, its position {@code y * width + x} in the map.
 * Backends hold it so that both the winners of a unit and the winners of a sample can be walked
 * without searching.
 *
 * <p>Only winners with a positive activation are held: one that is not positive carries no value
 * and no gradient, so decoding and every gradient skip it. A {@link Tensor} of {@code capacity}
 * elements whose slots run along the winners (the values, or the gradient with respect to them) is
 * called their coefficients. The order of the slots is the backend's, and so is where it leaves
 * slots without a winner; no operation on winners reads those. {@link Memory#download(Winners,
 * Tensor)} brings winners to the host in a canonical order.
 */
public interface Winners extends AutoCloseable {
  /**
   * The dense code's shape: {@code (samples, units)}, or {@code (samples, units, height, width)}
   * for maps.
   */
  Shape code();

  /** The most winners that fit, and the length of {@link #values}. */
  int capacity();

  /** How many winners the last selection left. May wait for the device. */
  int count();

  /**
   * How many NaN the whole code had that the last selection chose from, whatever the rule. They
   * never win. May wait for the device.
   */
  long nanCount();

  /**
   * The winners' activations: coefficients of shape {@code (capacity)}, a view that lives as long
   * as this.
   */
  Tensor values();

  boolean isOpen();

  @Override
  void close();

  /** The number of units (feature maps) of the code. */
  default int units() {
    return code().extent(1);
  }

  /** The number of samples of the code. */
  default int samples() {
    return code().rows();
  }

  /** The positions of a map, {@code height * width}; 1 for a fully-connected code. */
  default int positions() {
    return code().rank() == 2 ? 1 : code().extent(2) * code().extent(3);
  }
}
