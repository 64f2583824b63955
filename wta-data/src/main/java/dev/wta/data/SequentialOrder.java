package dev.wta.data;

import java.util.NoSuchElementException;

/** Rows in the order of the data set. */
final class SequentialOrder implements SampleOrder {
  private final int size;
  private int position;

  SequentialOrder(int size) {
    this.size = size;
  }

  @Override
  public int remaining() {
    return size - position;
  }

  @Override
  public int next() {
    if (position == size) {
      throw new NoSuchElementException("all %d rows were visited".formatted(size));
    }
    return position++;
  }
}
