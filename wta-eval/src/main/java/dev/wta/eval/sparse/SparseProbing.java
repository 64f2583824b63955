package dev.wta.eval.sparse;

import dev.wta.api.ProgressListener;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.eval.probe.HeldOut;
import dev.wta.eval.probe.LinearClassifier;
import dev.wta.eval.probe.SoftmaxRegression;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * k-sparse probing (Gurnee et al. 2023), with SAEBench's protocol: for each class a binary task of
 * as many samples of other classes as it has of its own, four fifths to fit and one to try; the k
 * latents whose mean differs most between the two sides; logistic regression on these. Beside it
 * the same task for all latents, for the samples themselves, and the latent that by itself ranks
 * samples of the class highest.
 */
public final class SparseProbing {
  private static final double HELD_OUT = 0.2;

  /** A class of fewer samples has too few held out. */
  private static final int FEWEST = 10;

  /** More classes take long; the largest ones are probed. */
  private static final int MOST_CLASSES = 20;

  /** 512 MiB: the codes of a task, all latents side by side. */
  private static final long MOST_DENSE = 1L << 27;

  /** The C of a softmax of two classes that has the loss of a logistic regression of C = 1. */
  private static final double DENSE_COST = 0.5;

  private static final Seed SEED = Seed.of(1);

  private final Backend backend;
  private final SparseCodes codes;
  private final LabelledSamples labelled;
  private final int[] labels;
  private final boolean[] fitted;

  private SparseProbing(Backend backend, LabelledSamples labelled, int classes) {
    this.backend = backend;
    this.labelled = labelled;
    codes = labelled.codes();
    labels = labelled.labels();
    fitted = HeldOut.fitted(labels, classes, HELD_OUT, SEED, 0);
  }

  /**
   * Probes each class of at least {@value #FEWEST} samples, of more than {@value #MOST_CLASSES} the
   * largest ones.
   *
   * @return without classes where fewer than two have so many samples
   */
  public static SparseProbingResult of(
      Backend backend, LabelledSamples labelled, ProgressListener listener) {
    int[] labels = labelled.labels();
    int classes = labelled.classes().length;
    int[] sizes = new int[classes];
    for (int label : labels) {
      sizes[label]++;
    }
    int[] probed =
        IntStream.range(0, classes)
            .filter(k -> sizes[k] >= FEWEST && labels.length - sizes[k] >= FEWEST)
            .boxed()
            .sorted((a, b) -> Integer.compare(sizes[b], sizes[a]))
            .limit(MOST_CLASSES)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    if (probed.length == 0) {
      return new SparseProbingResult(labels.length, List.of());
    }
    if (Arrays.stream(sizes).filter(size -> size >= FEWEST).count() > probed.length) {
      listener.noted("sparse probing of the %d largest classes".formatted(probed.length));
    }
    return new SparseProbing(backend, labelled, classes).run(probed, listener);
  }

  private SparseProbingResult run(int[] probed, ProgressListener listener) {
    int[] fit = IntStream.range(0, labels.length).filter(i -> fitted[i]).toArray();
    int[] test = IntStream.range(0, labels.length).filter(i -> !fitted[i]).toArray();
    float[][] fitAreas = areas(fit, probed);
    float[][] testAreas = areas(test, probed);
    List<SparseProbingResult.OfClass> results = new ArrayList<>();
    for (int i = 0; i < probed.length; i++) {
      listener.progressed("probing classes", i, probed.length);
      int best = largest(fitAreas[i]);
      results.add(ofClass(probed[i], fit, test, best, testAreas[i][best]));
    }
    return new SparseProbingResult(labels.length, results);
  }

  /** Of the probed classes; the others are one more. */
  private float[][] areas(int[] rows, int[] probed) {
    int[] among =
        Arrays.stream(rows)
            .map(row -> Arrays.binarySearch(probed, labels[row]))
            .map(at -> at < 0 ? probed.length : at)
            .toArray();
    return Auroc.ofLatents(codes, rows, among, probed.length + 1);
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int j = 1; j < values.length; j++) {
      best = values[j] > values[best] ? j : best;
    }
    return best;
  }

  private SparseProbingResult.OfClass ofClass(
      int label, int[] fit, int[] test, int bestLatent, double auroc) {
    int[] train = balanced(label, fit, "fit");
    int[] tried = balanced(label, test, "test");
    int[] latents = mostDifferent(label, train);
    List<OptionalDouble> top = new ArrayList<>();
    for (int k : SparseProbingResult.K) {
      top.add(
          k > latents.length
              ? OptionalDouble.empty()
              : OptionalDouble.of(sparseAccuracy(label, train, tried, Arrays.copyOf(latents, k))));
    }
    return new SparseProbingResult.OfClass(
        labelled.classes()[label],
        train.length,
        tried.length,
        top,
        denseAccuracy(label, train, tried, codes.features(), this::code),
        denseAccuracy(label, train, tried, labelled.inputs(), this::sample),
        bestLatent,
        auroc);
  }

  /** As many samples of the class as of others, sampled from {@code rows}. */
  private int[] balanced(int label, int[] rows, String part) {
    int[] own = shuffled(Arrays.stream(rows).filter(i -> labels[i] == label).toArray(), part);
    int[] other = shuffled(Arrays.stream(rows).filter(i -> labels[i] != label).toArray(), part);
    int each = Math.min(own.length, other.length);
    return IntStream.concat(Arrays.stream(own, 0, each), Arrays.stream(other, 0, each)).toArray();
  }

  private static int[] shuffled(int[] rows, String part) {
    Philox random = SEED.stream("sparse-probing/" + part);
    for (int i = rows.length - 1; i > 0; i--) {
      int at = random.below(i + 1, i);
      int row = rows[i];
      rows[i] = rows[at];
      rows[at] = row;
    }
    return rows;
  }

  private boolean[] positive(int label, int[] rows) {
    boolean[] positive = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      positive[i] = labels[rows[i]] == label;
    }
    return positive;
  }

  /** The latents whose means differ most, the most first; of equals the first. */
  private int[] mostDifferent(int label, int[] rows) {
    double[] difference = new double[codes.features()];
    for (int row : rows) {
      double sign = labels[row] == label ? 1 : -1;
      codes.row(row).forEach((latent, value) -> difference[latent] += sign * value);
    }
    return IntStream.range(0, difference.length)
        .boxed()
        .sorted((a, b) -> Double.compare(Math.abs(difference[b]), Math.abs(difference[a])))
        .limit(SparseProbingResult.K.getLast())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private double sparseAccuracy(int label, int[] train, int[] tried, int[] latents) {
    LogisticRegression probe =
        LogisticRegression.fit(columns(train, latents), positive(label, train));
    double[][] x = columns(tried, latents);
    boolean[] positive = positive(label, tried);
    int right = 0;
    for (int i = 0; i < x.length; i++) {
      right += probe.predict(x[i]) == positive[i] ? 1 : 0;
    }
    return right / (double) x.length;
  }

  private double[][] columns(int[] rows, int[] latents) {
    double[][] columns = new double[rows.length][latents.length];
    for (int i = 0; i < rows.length; i++) {
      double[] row = columns[i];
      codes
          .row(rows[i])
          .forEach(
              (latent, value) -> {
                for (int j = 0; j < latents.length; j++) {
                  if (latents[j] == latent) {
                    row[j] = value;
                  }
                }
              });
    }
    return columns;
  }

  /** Writes a sample's numbers from a place on. */
  @FunctionalInterface
  private interface Numbers {
    void write(int row, float[] to, int at);
  }

  private void code(int row, float[] to, int at) {
    SparseCode code = codes.row(row);
    code.forEach((latent, value) -> to[at + latent] = value);
  }

  private void sample(int row, float[] to, int at) {
    int inputs = labelled.inputs();
    System.arraycopy(labelled.samples(), row * inputs, to, at, inputs);
  }

  private OptionalDouble denseAccuracy(
      int label, int[] train, int[] tried, int width, Numbers numbers) {
    if ((long) train.length * width > MOST_DENSE) {
      return OptionalDouble.empty();
    }
    try (Features fit = features(train, width, numbers);
        Features test = features(tried, width, numbers)) {
      LinearClassifier probe =
          SoftmaxRegression.withC(DENSE_COST)
              .scaling(FeatureScaling.NONE)
              .fit(fit, binary(label, train));
      return OptionalDouble.of(1 - probe.error(test, binary(label, tried)));
    }
  }

  private int[] binary(int label, int[] rows) {
    return Arrays.stream(rows).map(row -> labels[row] == label ? 1 : 0).toArray();
  }

  private Features features(int[] rows, int width, Numbers numbers) {
    float[] dense = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      numbers.write(rows[i], dense, i * width);
    }
    return new Features(backend, backend.memory().of(Shape.of(rows.length, width), dense));
  }
}
