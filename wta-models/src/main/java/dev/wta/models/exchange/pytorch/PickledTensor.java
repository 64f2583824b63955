package dev.wta.models.exchange.pytorch;

import dev.wta.models.io.TensorType;
import java.util.List;

/**
 * Where a pickle says that a tensor's numbers are.
 *
 * @param storage what holds them
 * @param offset of the first, counted in numbers
 * @param extents of its axes; none for a single number
 * @param strides how far the next number along each axis is
 */
record PickledTensor(Storage storage, long offset, List<Long> extents, List<Long> strides) {

  /**
   * Numbers in a file of the archive.
   *
   * @param key the file's name
   * @param numbers how many
   */
  record Storage(TensorType type, String key, long numbers) {}

  /** Whether the numbers lie within their storage, each at a place of its own. */
  boolean fits() {
    if (extents.size() != strides.size() || offset < 0 || storage.numbers() < 0) {
      return false;
    }
    long last = offset;
    long count = 1;
    for (int axis = 0; axis < extents.size(); axis++) {
      long extent = extents.get(axis);
      long stride = strides.get(axis);
      if (extent < 1 || stride < 0 || extent > storage.numbers() || stride > storage.numbers()) {
        return false;
      }
      last += (extent - 1) * stride;
      count *= extent;
      if (last > storage.numbers() || count > storage.numbers()) {
        return false;
      }
    }
    return last < storage.numbers();
  }

  /** Whether the storage holds this tensor's numbers alone, row by row. */
  boolean rowMajor() {
    long stride = 1;
    for (int axis = extents.size() - 1; axis >= 0; axis--) {
      if (strides.get(axis) != stride && extents.get(axis) > 1) {
        return false;
      }
      stride *= extents.get(axis);
    }
    return offset == 0 && stride == storage.numbers();
  }
}
