package com.example;

import dev.wta.spark.WtaEstimator;
import dev.wta.spark.WtaModel;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Trains on the column {@code embedding} of a Parquet file, encodes it, and saves the model. */
public final class TrainOnEmbeddings {
  private TrainOnEmbeddings() {}

  /** {@code args}: the file, and a folder that driver and executors see for what is made. */
  public static void main(String[] args) throws IOException {
    SparkSession spark = SparkSession.builder().appName("embeddings").getOrCreate();
    Dataset<Row> embeddings = spark.read().parquet(args[0]);
    WtaModel model =
        new WtaEstimator()
            .setInputCol("embedding")
            .setOutputType("struct")
            .setModel("topk")
            .setLatents(256)
            .setK(8)
            .setEpochs(10)
            .setSeed(1)
            .setCheckpointDir(args[1] + "/trainings")
            .fit(embeddings);
    model.transform(embeddings).write().parquet(args[1] + "/codes");
    spark.read().parquet(args[1] + "/codes").select("code").show(3, false);
    model.write().save(args[1] + "/model");
    spark.stop();
  }
}
