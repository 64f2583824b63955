package dev.wta.data.array;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Several data sets of like samples as one, in their order. Closing it closes them. */
public final class ConcatenatedDataset implements Dataset {
  private final String name;
  private final List<Dataset> shards;

  /** The first row of each shard, and the number of all rows at the end. */
  private final int[] firstRows;

  /**
   * Takes the shards over.
   *
   * @param name what messages call all of them together
   * @throws WtaException if their samples differ in shape, type or labels, or are too many
   */
  public ConcatenatedDataset(String name, List<? extends Dataset> shards) {
    this.name = name;
    this.shards = List.copyOf(shards);
    this.firstRows = new int[shards.size() + 1];
    Dataset first = shards.getFirst();
    for (int i = 0; i < shards.size(); i++) {
      Dataset shard = shards.get(i);
      if (!shard.sampleShape().equals(first.sampleShape())
          || shard.elementType() != first.elementType()
          || shard.labelled() != first.labelled()
          || !shard.classNames().equals(first.classNames())) {
        throw new WtaException(
            "%s differs from %s in the samples' shape, their type or their classes"
                .formatted(shard.name(), first.name()),
            "write the data set again");
      }
      long rows = (long) firstRows[i] + shard.size();
      if (rows > Integer.MAX_VALUE) {
        throw new WtaException(
            "%s has more than %d samples".formatted(name, Integer.MAX_VALUE), "split it");
      }
      firstRows[i + 1] = (int) rows;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return firstRows[shards.size()];
  }

  @Override
  public Shape sampleShape() {
    return shards.getFirst().sampleShape();
  }

  @Override
  public ElementType elementType() {
    return shards.getFirst().elementType();
  }

  @Override
  public boolean labelled() {
    return shards.getFirst().labelled();
  }

  @Override
  public Optional<List<String>> classNames() {
    return shards.getFirst().classNames();
  }

  @Override
  public int[] labels() {
    int[] labels = new int[size()];
    for (int i = 0; i < shards.size(); i++) {
      System.arraycopy(shards.get(i).labels(), 0, labels, firstRows[i], shards.get(i).size());
    }
    return labels;
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size());
    int width = Math.toIntExact(sampleShape().size());
    int shard = shardOf(from);
    int row = from;
    while (row < from + count) {
      int rows = Math.min(from + count, firstRows[shard + 1]) - row;
      shards.get(shard).read(row - firstRows[shard], rows, target, offset + (row - from) * width);
      row += rows;
      shard++;
    }
  }

  private int shardOf(int row) {
    int place = Arrays.binarySearch(firstRows, row);
    return place >= 0 ? place : -place - 2;
  }

  @Override
  public int sourceRow(int row) {
    int shard = shardOf(row);
    return shards.get(shard).sourceRow(row - firstRows[shard]);
  }

  @Override
  public String sourceName(int row) {
    int shard = shardOf(row);
    return shards.get(shard).sourceName(row - firstRows[shard]);
  }

  @Override
  public void close() {
    shards.forEach(Dataset::close);
  }
}
