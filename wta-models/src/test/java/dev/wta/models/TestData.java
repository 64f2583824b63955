package dev.wta.models;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import java.util.Arrays;

/** Small data sets, the same in every run. */
public final class TestData {
  private TestData() {}

  /** Numbers uniform on [0, 1). */
  public static float[] uniform(String use, int count) {
    Philox stream = Seed.of(7).stream(use);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = stream.uniform(i);
    }
    return values;
  }

  /** Standard normal numbers. */
  public static float[] normal(String use, int count) {
    Philox stream = Seed.of(7).stream(use);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = stream.normal(i);
    }
    return values;
  }

  /** Samples of {@code features} numbers, uniform on [0, 1). */
  public static Dataset vectors(int samples, int features) {
    return samples(samples, Shape.of(features));
  }

  /** Samples of that shape, their numbers uniform on [0, 1), in three classes by turns. */
  public static Dataset samples(int samples, Shape sample) {
    int size = Math.toIntExact(sample.size());
    float[] values = uniform("vectors", samples * size);
    return MemoryDataset.of("samples", sample, values, labels(samples));
  }

  /** 0, 1, 2, 0, 1, ... */
  public static int[] labels(int samples) {
    int[] labels = new int[samples];
    Arrays.setAll(labels, i -> i % 3);
    return labels;
  }

  /**
   * Samples with something to learn: each is one of three patterns of 0 and 1, a little off, and
   * that is its class.
   */
  public static Dataset patterns(int samples, Shape sample) {
    int size = Math.toIntExact(sample.size());
    float[] patterns = uniform("patterns", 3 * size);
    float[] noise = uniform("noise", samples * size);
    float[] values = new float[samples * size];
    for (int i = 0; i < values.length; i++) {
      boolean on = patterns[i / size % 3 * size + i % size] < 0.5f;
      values[i] = on ? 1 - noise[i] / 5 : noise[i] / 5;
    }
    return MemoryDataset.of("patterns", sample, values, labels(samples));
  }

  /** What a transcoder may make of {@link #patterns}: as many rows, of the same classes. */
  public static Dataset targets(int samples, Shape target) {
    int size = Math.toIntExact(target.size());
    float[] patterns = normal("target patterns", 3 * size);
    float[] noise = normal("target noise", samples * size);
    float[] values = new float[samples * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + patterns[i / size % 3 * size + i % size] + noise[i] / 10;
    }
    return MemoryDataset.of("targets", target, values);
  }

  /** A matrix as independent implementations take it, row by row. */
  public static double[][] rows(float[] values, int width) {
    double[][] matrix = new double[values.length / width][width];
    for (int i = 0; i < values.length; i++) {
      matrix[i / width][i % width] = values[i];
    }
    return matrix;
  }
}
