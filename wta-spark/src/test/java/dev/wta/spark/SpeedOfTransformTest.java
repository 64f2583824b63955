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
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows a second of {@code transform} on two executors of one core, whole and by shares of the
 * units, and of what {@code wta encode} does on two threads; neither writes its codes. Rows are
 * read from Parquet files there, each {@code wta.rows / 50_000} times, from memory here. Both begin
 * in new JVMs and are measured twice: the first pass is that of a command or an application that
 * has just been started, the second finds everything compiled.
 */
@Tag("slow")
class SpeedOfTransformTest {
  private static final int ROWS = Integer.getInteger("wta.rows", 1_000_000);
  private static final String SHARES = System.getProperty("wta.shares", "1,2");
  private static final int PASSES = 2;
  private static final int IN_MEMORY = 50_000;
  private static final int INPUTS = 384;
  private static final int LATENTS = 6144;

  @TempDir private Path folder;

  @Test
  void executorsEncodeBesideTheCommand() throws Exception {
    Path run = folder.resolve("run");
    train(run);
    double[] alone = encodeInAnotherJvm(run);
    try (SparkSession spark =
        Sessions.clusterBuilder(2)
            .master("local-cluster[2,1,4096]")
            .config("spark.executor.memory", "3g")
            .config("spark.rpc.message.maxSize", 1024)
            .getOrCreate()) {
      String rows = folder.resolve("rows").toString();
      Trainings.frame(spark, samples(), 2).write().parquet(rows);
      Dataset<Row> once = spark.read().parquet(rows);
      Dataset<Row> all = once;
      for (int more = IN_MEMORY; more < ROWS; more += IN_MEMORY) {
        all = all.union(once);
      }
      long count = all.count();
      WtaModel model = WtaModel.load(run.toString());
      for (String shares : SHARES.split(",")) {
        model.setShares(Integer.parseInt(shares));
        for (int pass = 0; pass < PASSES; pass++) {
          long begun = System.nanoTime();
          model.transform(all).write().format("noop").mode("append").save();
          double rate = count / ((System.nanoTime() - begun) / 1e9);
          System.out.printf(
              "transform, %s share(s), pass %d: %,.0f rows/s, %.2f times wta encode's%n",
              shares, pass + 1, rate, rate / alone[pass]);
        }
      }
    }
  }

  private static float[][] samples() {
    return Trainings.samples(3, IN_MEMORY, INPUTS);
  }

  private static void train(Path run) {
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(2));
        Model model =
            TopKSae.Settings.DEFAULTS
                .hidden(LATENTS)
                .k(32)
                .on(Shape.of(INPUTS), backend, Seed.of(1))) {
      Trainer.of(model)
          .data(Trainings.samples(3, IN_MEMORY / 10, INPUTS))
          .batch(IN_MEMORY / 10)
          .epochs(1)
          .to(run)
          .train();
    }
  }

  /** The rates of its passes. */
  private static double[] encodeInAnotherJvm(Path run) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Alone.class.getName(), run.toString(), String.valueOf(ROWS)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> printed = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    double[] rates =
        printed.stream()
            .filter(line -> line.startsWith(Alone.RATE))
            .mapToDouble(line -> Double.parseDouble(line.substring(Alone.RATE.length())))
            .toArray();
    assertThat(rates).hasSize(PASSES);
    for (int pass = 0; pass < PASSES; pass++) {
      System.out.printf(
          "wta encode on two threads, pass %d: %,.0f rows/s%n", pass + 1, rates[pass]);
    }
    return rates;
  }

  /** What {@code wta encode} does, without reading and writing: {@code RUN ROWS}. */
  static final class Alone {
    static final String RATE = "rows/s ";

    private Alone() {}

    public static void main(String[] arguments) {
      int rows = Integer.parseInt(arguments[1]);
      try (Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(2));
          MemoryDataset data =
              MemoryDataset.of("samples", Shape.of(INPUTS), Trainings.flat(samples()));
          FeatureExtractor encoder = RunDirectory.open(Path.of(arguments[0])).load(backend)) {
        for (int pass = 0; pass < PASSES; pass++) {
          long begun = System.nanoTime();
          Counter counter = new Counter();
          while (counter.rows < rows) {
            FeatureWriter.write(encoder, data, _ -> counter, (_, _) -> true);
          }
          System.out.println(RATE + counter.rows / ((System.nanoTime() - begun) / 1e9));
        }
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
