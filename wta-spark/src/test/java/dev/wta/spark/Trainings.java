package dev.wta.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small trainings for tests. */
final class Trainings {
  static final int INPUTS = 12;
  static final int SAMPLES = 1010; // the last batch of an epoch is short
  static final int OUTPUTS = 5;
  static final int LATENTS = 64;

  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);

  private Trainings() {}

  static float[][] samples() {
    return samples(5, SAMPLES, INPUTS);
  }

  /** Normal numbers, {@code (count, inputs)}. */
  static float[][] samples(long seed, int count, int inputs) {
    Random random = new Random(seed);
    float[][] samples = new float[count][inputs];
    for (float[] sample : samples) {
      for (int i = 0; i < inputs; i++) {
        sample[i] = (float) random.nextGaussian();
      }
    }
    return samples;
  }

  /** What a transcoder may make of the samples. */
  static float[][] targets() {
    return samples(6, SAMPLES, OUTPUTS);
  }

  /** Samples and targets as columns of arrays. */
  static Dataset<Row> frame(SparkSession spark, int partitions) {
    float[][] samples = samples();
    float[][] targets = targets();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      rows.add(RowFactory.create(samples[i], targets[i]));
    }
    StructType schema = new StructType().add("features", FLOATS).add("target", FLOATS);
    return spark.createDataFrame(rows, schema).coalesce(partitions);
  }

  /** Samples as a column of arrays. */
  static Dataset<Row> frame(SparkSession spark, float[][] samples, int partitions) {
    List<Row> rows = new ArrayList<>();
    for (float[] sample : samples) {
      rows.add(RowFactory.create(sample));
    }
    StructType schema = new StructType().add("features", FLOATS);
    return spark.createDataFrame(rows, schema).coalesce(partitions);
  }

  /** Samples one after the other. */
  static float[] flat(float[][] samples) {
    int inputs = samples[0].length;
    float[] flat = new float[samples.length * inputs];
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(samples[i], 0, flat, i * inputs, inputs);
    }
    return flat;
  }

  /** An Estimator of a TopK model, 33 steps. */
  static WtaEstimator estimator(String checkpoints) {
    return new WtaEstimator()
        .setLatents(LATENTS)
        .setK(4)
        .setBatchSize(100)
        .setEpochs(3)
        .setSeed(7)
        .setCheckpointDir(checkpoints);
  }

  /** The bytes of a model's parameters. */
  static byte[] parameters(WtaModel model) throws IOException {
    return Files.readAllBytes(Path.of(URI.create(model.run()).getPath(), "model.safetensors"));
  }
}
