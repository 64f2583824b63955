package dev.wta.spark;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.models.shard.Ranks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/**
 * A column of all ranks together: the samples, or a transcoder's targets. Reading is a collective:
 * all ranks read the same rows in the same order, each gives those that it keeps, and all get all
 * of them. So code that reads a data set on one machine, such as that of orders and statistics, has
 * the same results on every rank, to the bit.
 */
final class ExchangedSamples implements Dataset {
  private final String name;
  private final Ranks ranks;
  private final SampleShare share;
  private final int column;
  private final int size;
  private final int width;
  private ByteBuffer given = ByteBuffer.allocate(0);

  /**
   * A collective.
   *
   * @param name of the column, for messages
   * @param share this rank's, see {@link SampleShare}
   * @param column of the share
   * @throws WtaException if ranks have rows of different lengths, or none at all
   */
  ExchangedSamples(String name, Ranks ranks, SampleShare share, int column) {
    this.name = name;
    this.ranks = ranks;
    this.share = share;
    this.column = column;
    ByteBuffer own = room(2 * Integer.BYTES);
    own.putInt(share.size()).putInt(share.width(column)).flip();
    long samples = 0;
    int numbers = 0;
    for (ByteBuffer counts : everybody(own)) {
      samples += counts.getInt();
      int theirs = counts.getInt();
      if (theirs != 0 && numbers != 0 && theirs != numbers) {
        throw new WtaException(
            "%s has rows of %d and of %d numbers".formatted(name, numbers, theirs),
            "give rows of one length");
      }
      numbers = Math.max(numbers, theirs);
    }
    if (samples == 0) {
      throw new WtaException(name + " has no samples", "give at least one");
    }
    size = IntSize.of(samples, "samples");
    width = numbers;
  }

  private ByteBuffer room(int bytes) {
    if (given.capacity() < bytes) {
      given = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    return given.clear();
  }

  private ByteBuffer[] everybody(ByteBuffer own) {
    ByteBuffer[] parts = new ByteBuffer[ranks.count()];
    Arrays.setAll(parts, _ -> own.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    return ranks.exchange(parts);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape sampleShape() {
    return Shape.of(width);
  }

  @Override
  public ElementType elementType() {
    return ElementType.FLOAT32;
  }

  @Override
  public boolean labelled() {
    return false;
  }

  @Override
  public int[] labels() {
    throw new WtaException(name + " has no labels", "train a model that needs none");
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size);
    gather(i -> from + i, count, target, offset);
  }

  @Override
  public void readRows(int[] rows, int count, float[] target) {
    gather(i -> Objects.checkIndex(rows[i], size), count, target, 0);
  }

  private void gather(IntUnaryOperator row, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(offset, count * width, target.length);
    int n = ranks.count();
    if (n == 1) {
      for (int i = 0; i < count; i++) {
        share.copy(row.applyAsInt(i), column, target, offset + i * width);
      }
      return;
    }
    ByteBuffer own = room(IntSize.of((long) count * width * Float.BYTES, "bytes of a batch"));
    for (int i = 0; i < count; i++) {
      int sample = row.applyAsInt(i);
      if (sample % n == ranks.rank()) {
        share.copy(sample / n, column, own);
      }
    }
    ByteBuffer[] received = everybody(own.flip());
    for (int i = 0; i < count; i++) {
      ByteBuffer from = received[row.applyAsInt(i) % n];
      from.asFloatBuffer().get(target, offset + i * width, width);
      from.position(from.position() + width * Float.BYTES);
    }
  }

  /** Does nothing: share and ranks are the caller's. */
  @Override
  public void close() {}
}
