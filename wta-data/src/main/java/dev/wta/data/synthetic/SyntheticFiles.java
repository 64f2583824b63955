package dev.wta.data.synthetic;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.data.importer.format.NpyMatrix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Writes synthetic data, a batch of samples at a time:
 *
 * <ul>
 *   <li>the samples, an Arrow data set without labels
 *   <li>{@code NAME.activations.arrow} beside it: their true activations
 *   <li>{@code dictionary.npy} beside it: the features' directions, {@code (features, inputs)}
 * </ul>
 */
public final class SyntheticFiles {
  /** The file of the features' directions. */
  public static final String DICTIONARY = "dictionary.npy";

  private static final int SAMPLES_AT_ONCE = 1024;
  private static final int GRAIN = 32;

  private SyntheticFiles() {}

  /**
   * What was written.
   *
   * @param trueL0 the mean number of active features of a sample
   */
  public record Summary(Path data, Path activations, Path dictionary, int samples, double trueL0) {}

  /**
   * Writes samples {@code first} to {@code first + samples - 1}.
   *
   * @param out where the samples go
   * @throws WtaException if a file cannot be written, or {@code dictionary.npy} is there with other
   *     features
   */
  public static Summary write(
      SyntheticFeatures features, long first, int samples, Path out, ProgressListener listener) {
    return write(features, first, samples, out, SAMPLES_AT_ONCE, listener);
  }

  static Summary write(
      SyntheticFeatures features,
      long first,
      int samples,
      Path out,
      int batch,
      ProgressListener listener) {
    Path dictionary = out.resolveSibling(DICTIONARY);
    boolean known = requireSame(features, dictionary);
    long active = 0;
    try (ArrowDatasetWriter data =
            ArrowDatasetWriter.create(
                out,
                Shape.of(features.inputs()),
                ElementType.FLOAT32,
                false,
                features.provenance());
        ActivationsWriter truth =
            ActivationsWriter.create(
                TrueActivations.beside(out), features.features(), features.provenance())) {
      Activations[] rows = new Activations[batch];
      Arrays.setAll(rows, i -> new Activations());
      float[] values = new float[batch * features.inputs()];
      for (int from = 0; from < samples; from += batch) {
        int count = Math.min(batch, samples - from);
        make(features, first + from, count, rows, values);
        data.append(values, null, count);
        for (int i = 0; i < count; i++) {
          truth.append(rows[i]);
          active += rows[i].size();
        }
        listener.progressed("making samples", from + count, samples);
      }
      if (!known) {
        new NpyMatrix(features.directions(), features.features(), features.inputs())
            .write(dictionary);
      }
      truth.commit();
      data.commit();
    }
    return new Summary(
        out, TrueActivations.beside(out), dictionary, samples, active / (double) samples);
  }

  /** Whether the features are there already; other ones are refused, not replaced. */
  private static boolean requireSame(SyntheticFeatures features, Path dictionary) {
    if (!Files.exists(dictionary)) {
      return false;
    }
    NpyMatrix there = NpyMatrix.read(dictionary);
    if (there.columns() == features.inputs()
        && Arrays.equals(there.values(), features.directions())) {
      return true;
    }
    throw new WtaException(
        "%s holds other features than these".formatted(dictionary),
        "choose another folder for --out, or repeat the recipe, --features, --inputs and --seed");
  }

  /** Makes a batch on the threads of the common pool, or of the pool that calls. */
  private static void make(
      SyntheticFeatures features, long first, int count, Activations[] rows, float[] values) {
    IntStream.range(0, Math.ceilDiv(count, GRAIN))
        .parallel()
        .forEach(
            part -> {
              SyntheticFeatures.Sampler sampler = features.sampler();
              for (int i = part * GRAIN; i < Math.min(count, (part + 1) * GRAIN); i++) {
                rows[i].set(sampler.of(first + i));
                mix(features, rows[i], values, i * features.inputs());
              }
            });
  }

  /** {@code bias + sum of activations times directions}, in the features' order. */
  private static void mix(SyntheticFeatures features, Activations sample, float[] out, int at) {
    int inputs = features.inputs();
    float[] directions = features.directions();
    System.arraycopy(features.bias(), 0, out, at, inputs);
    for (int i = 0; i < sample.size(); i++) {
      float value = sample.value(i);
      int from = sample.feature(i) * inputs;
      for (int j = 0; j < inputs; j++) {
        out[at + j] += value * directions[from + j];
      }
    }
  }
}
