package dev.wta.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A driver with little memory, whose executors have little, too: trains a model that none of them
 * could hold, encodes by it, and prints the codes, {@code code SAMPLE UNIT=VALUE ...}, with the
 * values' bits.
 */
final class LargeModel {
  private static final int INPUTS = 512;
  private static final int LATENTS = 20480;
  private static final int SAMPLES = 64;

  /** Bytes of the weights and of Adam's two moments. */
  static final long BYTES = 3L * 2 * INPUTS * LATENTS * Float.BYTES;

  /** Memory of an executor and of the driver, in MiB. */
  static final int HEAP = 208;

  static final int DIRECT = 24;
  private static final int EXECUTORS = 3;
  static final String DIRECT_FLAG = "-XX:MaxDirectMemorySize=%dm".formatted(DIRECT);

  private LargeModel() {}

  static float[][] samples() {
    Random random = new Random(5);
    float[][] samples = new float[SAMPLES][INPUTS];
    for (float[] sample : samples) {
      for (int i = 0; i < INPUTS; i++) {
        sample[i] = (float) random.nextGaussian();
      }
    }
    return samples;
  }

  static Dataset<Row> frame(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    float[][] samples = samples();
    for (int i = 0; i < samples.length; i++) {
      rows.add(RowFactory.create(i, samples[i]));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType));
    return spark.createDataFrame(rows, schema).coalesce(1);
  }

  static WtaEstimator estimator(String checkpoints, int ranks) {
    return new WtaEstimator()
        .setLatents(LATENTS)
        .setK(8)
        .setBatchSize(32)
        .setEpochs(1)
        .setSeed(3)
        .setSettings(Map.of("checkpoint-every", 1))
        .setRanks(ranks)
        .setCheckpointDir(checkpoints);
  }

  /**
   * @param args a folder for checkpoints and the model
   */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark =
        Sessions.clusterBuilder(EXECUTORS)
            .master("local-cluster[%d,1,512]".formatted(EXECUTORS))
            .config("spark.executor.memory", HEAP + "m")
            .config("spark.executor.extraJavaOptions", DIRECT_FLAG)
            .config("spark.testing.reservedMemory", 32 << 20) // else Spark asks for more
            .config("spark.network.maxRemoteBlockSizeFetchToMem", "4m") // at most DIRECT
            .config("spark.worker.timeout", 600) // on a busy machine
            .getOrCreate()) {
      WtaModel model = estimator(args[0], EXECUTORS).fit(frame(spark));
      System.out.println("model " + model.run());
      model
          .setShares(8)
          .transform(frame(spark))
          .orderBy("id")
          .collectAsList()
          .forEach(LargeModel::print);
      model.write().save(args[0] + "/saved");
    }
  }

  private static void print(Row row) {
    SparseVector code = row.getAs("code");
    StringBuilder line = new StringBuilder("code " + row.getInt(0));
    for (int i = 0; i < code.indices().length; i++) {
      line.append(' ').append(entry(code.indices()[i], (float) code.values()[i]));
    }
    System.out.println(line);
  }

  static String entry(int unit, float value) {
    return "%d=%08x".formatted(unit, Float.floatToRawIntBits(value));
  }
}
