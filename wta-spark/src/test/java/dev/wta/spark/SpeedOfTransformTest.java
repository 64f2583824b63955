package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import dev.wta.data.codes.CodeWriter;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.encoding.FeatureWriter;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows a second of {@code transform} on two executors of one core, whole and by shares of the
 * units, and of what {@code wta encode} does on two threads; neither writes its codes. Rows are
 * read from Parquet files there, each {@code wta.rows / 50_000} times, from memory here. Each is
 * measured twice.
 */
@Tag("slow")
class SpeedOfTransformTest {
  private static final int ROWS = Integer.getInteger("wta.rows", 1_000_000);
  private static final int IN_MEMORY = 50_000;
  private static final int INPUTS = 384;
  private static final int LATENTS = 6144;

  @TempDir private Path folder;

  @Test
  void executorsEncodeBesideTheCommand() throws IOException {
    Path run = folder.resolve("run");
    float[][] samples = Trainings.samples(3, IN_MEMORY, INPUTS);
    double alone = 0;
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(2));
        MemoryDataset data =
            MemoryDataset.of("samples", Shape.of(INPUTS), Trainings.flat(samples))) {
      try (Model model =
          TopKSae.Settings.DEFAULTS
              .hidden(LATENTS)
              .k(32)
              .on(Shape.of(INPUTS), backend, Seed.of(1))) {
        Trainer.of(model).data(data).batch(IN_MEMORY / 10).epochs(1).to(run).train();
      }
      try (FeatureExtractor encoder = RunDirectory.open(run).load(backend)) {
        for (int round = 0; round < 2; round++) {
          long begun = System.nanoTime();
          Counter counter = new Counter();
          FeatureWriter.write(encoder, data, _ -> counter, (_, _) -> true);
          assertThat(counter.rows).isEqualTo(IN_MEMORY);
          alone = counter.rows / ((System.nanoTime() - begun) / 1e9);
          System.out.printf("wta encode on two threads: %,.0f rows/s%n", alone);
        }
      }
    }
    try (SparkSession spark =
        Sessions.clusterBuilder(2)
            .master("local-cluster[2,1,4096]")
            .config("spark.executor.memory", "3g")
            .config("spark.rpc.message.maxSize", 1024)
            .getOrCreate()) {
      String rows = folder.resolve("rows").toString();
      Trainings.frame(spark, samples, 2).write().parquet(rows);
      Dataset<Row> once = spark.read().parquet(rows);
      Dataset<Row> all = once;
      for (int more = IN_MEMORY; more < ROWS; more += IN_MEMORY) {
        all = all.union(once);
      }
      long count = all.count();
      WtaModel model = WtaModel.load(run.toString());
      for (int shares : new int[] {1, 1, 2, 2}) {
        long begun = System.nanoTime();
        model.setShares(shares).transform(all).write().format("noop").mode("append").save();
        double rate = count / ((System.nanoTime() - begun) / 1e9);
        System.out.printf(
            "transform, %d share(s): %,.0f rows/s, %.2f times wta encode's%n",
            shares, rate, rate / alone);
      }
    }
  }

  /** Counts codes instead of writing them. */
  private static final class Counter implements CodeWriter {
    private long rows;

    @Override
    public void append(float[] codes, int[] labels, int count) {
      rows += count;
    }

    @Override
    public void commit() {}

    @Override
    public void close() {}
  }
}
