package dev.wta.eval.metrics;

import dev.wta.models.loss.ExplainedVariance;

/** Adds up {@link ReconstructionMetrics} batch by batch, in double precision. */
public final class ReconstructionMeter {
  private final int inputs;
  private final ExplainedVariance explained;
  private long samples;
  private double inputNorms;
  private double outputNorms;
  private double ratios;
  private long withRatio;
  private double cosines;
  private long withCosine;
  private double squaredOutputs;
  private double products;

  /** Of no samples yet, which have so many numbers each. */
  public ReconstructionMeter(int inputs) {
    this.inputs = inputs;
    explained = new ExplainedVariance(inputs);
  }

  /**
   * Adds the first {@code count} samples of a batch.
   *
   * @param x {@code (count, inputs)}
   * @param made {@code (count, inputs)}, their reconstructions
   */
  public void add(float[] x, float[] made, int count) {
    explained.add(x, made, count);
    for (int i = 0; i < count; i++) {
      double inSquare = 0;
      double outSquare = 0;
      double product = 0;
      for (int j = i * inputs; j < (i + 1) * inputs; j++) {
        inSquare += (double) x[j] * x[j];
        outSquare += (double) made[j] * made[j];
        product += (double) x[j] * made[j];
      }
      add(Math.sqrt(inSquare), Math.sqrt(outSquare), product);
      squaredOutputs += outSquare;
      products += product;
    }
    samples += count;
  }

  private void add(double in, double out, double product) {
    inputNorms += in;
    outputNorms += out;
    if (in > 0) {
      ratios += out / in;
      withRatio++;
    }
    if (in > 0 && out > 0) {
      cosines += product / (in * out);
      withCosine++;
    }
  }

  /** The measures of all samples so far; NaN without any. */
  public ReconstructionMetrics metrics() {
    return new ReconstructionMetrics(
        explained.value(),
        explained.legacy(),
        explained.meanSquaredError(),
        cosines / withCosine,
        inputNorms / samples,
        outputNorms / samples,
        ratios / withRatio,
        squaredOutputs / products);
  }
}
