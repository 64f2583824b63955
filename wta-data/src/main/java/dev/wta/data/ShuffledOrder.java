package dev.wta.data;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import java.util.NoSuchElementException;

/**
 * An epoch's random order, the same for the same size, seed, epoch and buffer.
 *
 * <p>The buffer holds row numbers. Each step takes one of them at random and puts the next row of
 * the source in its place; when the source is empty the buffer shrinks. If the buffer holds the
 * whole data set this is Fisher and Yates's shuffle: every order is as likely as any other. If it
 * does not, the source is the data set in blocks of {@value #BLOCK} rows, the blocks in random
 * order: samples that lie together in the file are spread over the buffer, and reading stays within
 * as many places of the file as the buffer has blocks.
 */
final class ShuffledOrder implements SampleOrder {
  /**
   * A property of the order, not of the file: the same data cut elsewhere is visited in the same
   * order.
   */
  static final int BLOCK = 1024;

  private final int size;
  private final int[] buffer;
  private final int[] blocks;
  private final UniformRandom draws;
  private int buffered;
  private int sourced;
  private int block;
  private int rowInBlock;

  ShuffledOrder(int size, Seed seed, int epoch, int bufferRows) {
    if (bufferRows < 1) {
      throw new IllegalArgumentException(
          "a shuffle buffer holds at least one row, not " + bufferRows);
    }
    this.size = size;
    this.buffer = new int[Math.min(size, bufferRows)];
    this.blocks = new int[Math.ceilDiv(size, BLOCK)];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = i;
    }
    if (size > bufferRows) {
      shuffle(blocks, seed.stream("shuffle/blocks", epoch));
    }
    this.draws = new UniformRandom(seed.stream("shuffle", epoch));
    while (buffered < buffer.length) {
      buffer[buffered++] = source();
    }
  }

  @Override
  public int remaining() {
    return size - sourced + buffered;
  }

  @Override
  public int next() {
    if (buffered == 0) {
      throw new NoSuchElementException("all %d rows were visited".formatted(size));
    }
    int drawn = draws.below(buffered);
    int row = buffer[drawn];
    buffer[drawn] = sourced < size ? source() : buffer[--buffered];
    return row;
  }

  private int source() {
    int row = blocks[block] * BLOCK + rowInBlock++;
    sourced++;
    // The last block of the data set may be short, wherever the shuffle has put it.
    if (rowInBlock == BLOCK || row + 1 == size) {
      block++;
      rowInBlock = 0;
    }
    return row;
  }

  /** Fisher and Yates's shuffle, in place. */
  static void shuffle(int[] values, Philox stream) {
    UniformRandom draws = new UniformRandom(stream);
    for (int i = values.length - 1; i > 0; i--) {
      int other = draws.below(i + 1);
      int value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }
}
