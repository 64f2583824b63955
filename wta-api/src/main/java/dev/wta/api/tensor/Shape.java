package dev.wta.api.tensor;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import java.util.Arrays;

/**
 * The extents of a row-major array, outermost first. The first extent counts rows (samples, units);
 * the rest make up a row. Extents may be zero: an empty batch is a legal batch.
 */
public final class Shape {
  private final int[] extents;
  private final long size;

  private Shape(int[] extents) {
    long product = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(extents));
      }
      if (Math.multiplyHigh(product, extent) != 0 || product * extent < 0) {
        throw IntSize.tooLarge(
            "the elements of a shape %s are".formatted(Arrays.toString(extents)));
      }
      product *= extent;
    }
    this.extents = extents;
    this.size = product;
  }

  /** A shape of the given extents; none at all makes the shape of a single number. */
  public static Shape of(int... extents) {
    return new Shape(extents.clone());
  }

  public int rank() {
    return extents.length;
  }

  /** The extent of axis {@code axis}, counted from the outermost. */
  public int extent(int axis) {
    return extents[axis];
  }

  /** The number of elements. */
  public long size() {
    return size;
  }

  /**
   * The outermost extent: samples of a batch, units of a weight matrix. A shape without axes has
   * one row.
   */
  public int rows() {
    return extents.length == 0 ? 1 : extents[0];
  }

  /**
   * The elements of one row: the product of all extents but the outermost.
   *
   * @throws WtaException if that is more than an int
   */
  public int rowSize() {
    long product = 1;
    for (int axis = 1; axis < extents.length; axis++) {
      if (Math.multiplyHigh(product, extents[axis]) != 0 || product * extents[axis] < 0) {
        throw IntSize.tooLarge("the elements of a row of %s are".formatted(this));
      }
      product *= extents[axis];
    }
    return IntSize.of(product, "elements of a row of", this);
  }

  /** This shape with {@code rows} as its outermost extent. */
  public Shape withRows(int rows) {
    int[] changed = extents.length == 0 ? new int[1] : extents.clone();
    changed[0] = rows;
    return new Shape(changed);
  }

  /** The shape of one row: this one without its outermost extent. */
  public Shape row() {
    return new Shape(Arrays.copyOfRange(extents, Math.min(1, extents.length), extents.length));
  }

  /** The shape of a batch whose rows have this shape. */
  public Shape batch(int rows) {
    int[] changed = new int[extents.length + 1];
    changed[0] = rows;
    System.arraycopy(extents, 0, changed, 1, extents.length);
    return new Shape(changed);
  }

  public int[] extents() {
    return extents.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** As the literature writes it: {@code 100x784}. */
  @Override
  public String toString() {
    if (extents.length == 0) {
      return "scalar";
    }
    StringBuilder text = new StringBuilder();
    for (int extent : extents) {
      text.append(text.isEmpty() ? "" : "x").append(extent);
    }
    return text.toString();
  }
}
