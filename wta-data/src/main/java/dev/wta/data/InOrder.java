package dev.wta.data;

import java.util.NoSuchElementException;

/** Rows as they lie in the data set. */
final class InOrder implements SampleOrder {
  private final int size;
  private int position;

  InOrder(int size) {
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
