package com.example;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A data source of one's own: samples that are sums of a few atoms of a known dictionary, the truth
 * that real data lack. Nothing is stored; a row is computed whenever it is read, always the same.
 */
public final class DictionaryData implements Dataset {
  private final int samples;
  private final int active;
  private final long seed;
  private final float[][] atoms;

  /**
   * @param inputs the length of a sample
   * @param atoms directions of length 1, drawn at random
   * @param active of them in each sample, with coefficients of 0.5 to 1.5
   */
  public DictionaryData(int samples, int inputs, int atoms, int active, long seed) {
    this.samples = samples;
    this.active = active;
    this.seed = seed;
    this.atoms = new float[atoms][inputs];
    SplittableRandom random = new SplittableRandom(seed);
    for (float[] atom : this.atoms) {
      double squares = 0;
      for (int i = 0; i < inputs; i++) {
        atom[i] = (float) random.nextGaussian();
        squares += (double) atom[i] * atom[i];
      }
      for (int i = 0; i < inputs; i++) {
        atom[i] /= (float) Math.sqrt(squares);
      }
    }
  }

  /** The truth, {@code (atoms, inputs)}. */
  public float[][] atoms() {
    return Arrays.stream(atoms).map(float[]::clone).toArray(float[][]::new);
  }

  @Override
  public String name() {
    return "sums of %d of %d atoms".formatted(active, atoms.length);
  }

  @Override
  public int size() {
    return samples;
  }

  @Override
  public Shape sampleShape() {
    return Shape.of(atoms[0].length);
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
    throw new WtaException(name() + " have no labels", "ask for none");
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, samples);
    int inputs = atoms[0].length;
    Objects.checkFromIndexSize(offset, count * inputs, target.length);
    Arrays.fill(target, offset, offset + count * inputs, 0);
    for (int row = 0; row < count; row++) {
      SplittableRandom random = new SplittableRandom(seed + 1 + from + row);
      int[] chosen = random.ints(0, atoms.length).distinct().limit(active).toArray();
      for (int atom : chosen) {
        float coefficient = (float) random.nextDouble(0.5, 1.5);
        for (int i = 0; i < inputs; i++) {
          target[offset + row * inputs + i] += coefficient * atoms[atom][i];
        }
      }
    }
  }

  @Override
  public void close() {} // it holds nothing but its atoms
}
