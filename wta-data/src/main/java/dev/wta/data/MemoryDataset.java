package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Objects;
import java.util.Optional;

/** A data set held in arrays: small sets, generated samples, tests. */
public final class MemoryDataset implements Dataset {
  private final String name;
  private final Shape sample;
  private final ElementType type;
  private final float[] values;
  private final Optional<int[]> labels;

  private MemoryDataset(
      String name, Shape sample, ElementType type, float[] values, Optional<int[]> labels) {
    int width = Math.toIntExact(sample.size());
    if (width == 0 || values.length == 0 || values.length % width != 0) {
      throw new IllegalArgumentException(
          "%d values are not a number of samples of shape %s".formatted(values.length, sample));
    }
    if (labels.isPresent() && labels.get().length != values.length / width) {
      throw new IllegalArgumentException(
          "%d labels for %d samples".formatted(labels.get().length, values.length / width));
    }
    this.name = name;
    this.sample = sample;
    this.type = type;
    this.values = values;
    this.labels = labels.map(int[]::clone);
  }

  /**
   * Samples without labels.
   *
   * @param values {@code (samples, sample)}, copied
   */
  public static MemoryDataset of(String name, Shape sample, float[] values) {
    return new MemoryDataset(name, sample, ElementType.FLOAT32, values.clone(), Optional.empty());
  }

  /**
   * Samples with labels.
   *
   * @param values {@code (samples, sample)}, copied
   * @param labels {@code (samples)}, from 0
   */
  public static MemoryDataset of(String name, Shape sample, float[] values, int[] labels) {
    return new MemoryDataset(
        name, sample, ElementType.FLOAT32, values.clone(), Optional.of(labels));
  }

  /**
   * Samples of bytes, each 0 to 255, with labels.
   *
   * @param values {@code (samples, sample)}, copied
   * @param labels {@code (samples)}, from 0
   */
  public static MemoryDataset of(String name, Shape sample, byte[] values, int[] labels) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i] & 0xFF;
    }
    return new MemoryDataset(name, sample, ElementType.UINT8, floats, Optional.of(labels));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return values.length / Math.toIntExact(sample.size());
  }

  @Override
  public Shape sampleShape() {
    return sample;
  }

  @Override
  public ElementType elementType() {
    return type;
  }

  @Override
  public boolean labelled() {
    return labels.isPresent();
  }

  @Override
  public int[] labels() {
    return labels
        .orElseThrow(() -> new WtaException(name + " has no labels", "give data that has them"))
        .clone();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size());
    int width = Math.toIntExact(sample.size());
    System.arraycopy(values, from * width, target, offset, count * width);
  }

  @Override
  public void close() {}
}
