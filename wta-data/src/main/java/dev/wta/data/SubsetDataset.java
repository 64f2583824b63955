package dev.wta.data;

import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Some rows of another data set, in any order. Closing it does nothing. */
final class SubsetDataset implements Dataset {
  private final Dataset data;
  private final int[] rows;

  SubsetDataset(Dataset data, int[] rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("a subset of no rows of " + data.name());
    }
    this.data = data;
    this.rows = rows.clone();
    for (int row : rows) {
      Objects.checkIndex(row, data.size());
    }
  }

  @Override
  public String name() {
    return data.name();
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public Shape sampleShape() {
    return data.sampleShape();
  }

  @Override
  public ElementType elementType() {
    return data.elementType();
  }

  @Override
  public boolean labelled() {
    return data.labelled();
  }

  @Override
  public int[] labels() {
    int[] all = data.labels();
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      labels[i] = all[rows[i]];
    }
    return labels;
  }

  @Override
  public Optional<List<String>> classNames() {
    return data.classNames();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, rows.length);
    int width = Math.toIntExact(sampleShape().size());
    for (int i = 0; i < count; i++) {
      data.read(rows[from + i], 1, target, offset + i * width);
    }
  }

  @Override
  public int sourceRow(int row) {
    return data.sourceRow(rows[row]);
  }

  @Override
  public String sourceName(int row) {
    return data.sourceName(rows[row]);
  }

  @Override
  public void close() {}
}
