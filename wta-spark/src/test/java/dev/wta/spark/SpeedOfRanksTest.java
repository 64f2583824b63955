package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.ClusterEstimate;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import dev.wta.spark.transport.Limits;
import dev.wta.spark.transport.NettyRanks;
import dev.wta.spark.transport.StageSecret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Large models on one and on two executor processes of one core: the bits are the same, and the
 * seconds of a step are printed, beside those of plain training on one thread. A step's time is the
 * difference between a long and a short training, so that reading samples and writing the model do
 * not count; another one, before them, lets the JVMs compile. What 64 executors would take follows
 * by {@link ClusterEstimate}.
 */
@Tag("slow")
class SpeedOfRanksTest {
  private static final int SHORT = 1; // epochs
  private static final int LONG = Integer.getInteger("wta.epochs", 16);
  private static final int WARM_UP = -1;
  private static final int FIRST = 3; // epochs, before any that are timed
  private static final int MANY = 64; // executors
  private static final int MANY_UNITS = 1 << 20;
  private static final int EXCHANGES = 5000;
  private static final double RATE = 1e-5; // noise teaches nothing, and must not diverge

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"topk, 768, 24576, 4096, 2", "fc-wta, 784, 8000, 1000, 8"})
  void twoExecutorsTrainTheSame(String family, int inputs, int units, int batch, int steps)
      throws IOException {
    float[][] samples = Trainings.samples(3, batch * steps, inputs);
    double plain = plain(family, units, batch, samples) / steps;
    System.out.printf("%s, plain training on one thread: %.2f s a step%n", family, plain);
    List<byte[]> models = new ArrayList<>();
    double[] stepOf = new double[3]; // by ranks
    try (SparkSession spark =
        Sessions.clusterBuilder(2)
            .master("local-cluster[2,1,6144]")
            .config("spark.executor.memory", "4g")
            .config("spark.rpc.message.maxSize", 1024)
            .getOrCreate()) {
      org.apache.spark.sql.Dataset<Row> frame = Trainings.frame(spark, samples, 2);
      for (int ranks = 1; ranks <= 2; ranks++) {
        double[] seconds = new double[2];
        for (int longer = WARM_UP; longer < 2; longer++) {
          WtaEstimator estimator =
              new WtaEstimator()
                  .setModel(family)
                  .setLatents(units)
                  .setBatchSize(batch)
                  .setEpochs(epochs(longer))
                  .setSeed(longer == WARM_UP ? 2 : 1) // what was trained is not repeated
                  .setSettings(Map.of("rate", RATE))
                  .setRanks(ranks)
                  .setCheckpointDir(folder.resolve("ranks" + ranks).toString());
          long begun = System.nanoTime();
          WtaModel model = estimator.fit(frame);
          seconds[Math.max(0, longer)] = (System.nanoTime() - begun) / 1e9;
          if (longer == 1) {
            models.add(Trainings.parameters(model));
          }
        }
        double step = (seconds[1] - seconds[0]) / (steps * (LONG - SHORT));
        stepOf[ranks] = step;
        System.out.printf(
            "%s, %d ranks: %.2f s a step, %.2f times plain's rate%n",
            family, ranks, step, plain / step);
      }
    }
    assertThat(models.get(1)).isEqualTo(models.get(0));
    estimate(family, stepOf, (double) MANY_UNITS / units, batch, inputs);
  }

  /**
   * Prints what a step of a model of {@link #MANY_UNITS} would take on many executors.
   *
   * @param stepOf seconds of a step by ranks
   * @param scale how many times as many units there would be
   */
  private static void estimate(
      String family, double[] stepOf, double scale, int batch, int inputs) {
    boolean competes = family.equals("topk");
    int exchanges = competes ? 6 : 3;
    double latency = secondsOfAnExchange();
    System.out.printf("an exchange of nothing takes %.3f ms%n", 1e3 * latency);
    ClusterEstimate.Batch sent =
        new ClusterEstimate.Batch(
            batch,
            inputs,
            competes ? 32 : 0,
            Blocks.of(MANY_UNITS).count(),
            competes ? inputs + 6 : 5);
    ClusterEstimate measured =
        ClusterEstimate.measured(stepOf[1], stepOf[2], exchanges, latency, 1e10, sent);
    for (double bandwidth : new double[] {1e10, 1e11}) {
      ClusterEstimate cluster =
          new ClusterEstimate(
              Math.max(0, measured.replicated()), // below 0 where two are faster than twice
              measured.divided() * scale,
              exchanges,
              latency,
              bandwidth,
              sent);
      System.out.printf(
          "%s, %,d units, %d executors, %.0f Gbit/s: %.3f s a step, %.1f times one%n",
          family, MANY_UNITS, MANY, bandwidth / 1e9, cluster.seconds(MANY), cluster.speedUp(MANY));
    }
  }

  private static int epochs(int longer) {
    return longer == WARM_UP ? FIRST : longer == 1 ? LONG : SHORT;
  }

  /** Of nothing, between two ranks on this machine. */
  private static double secondsOfAnExchange() {
    Limits limits = new Limits(1, Duration.ofSeconds(60), Duration.ofSeconds(60));
    StageSecret.Stage stage = new StageSecret.Stage(StageSecret.random(), 0);
    List<NettyRanks> both =
        IntStream.range(0, 2)
            .mapToObj(r -> NettyRanks.listen("127.0.0.1", r, 2, stage, limits, () -> false))
            .toList();
    List<InetSocketAddress> addresses = both.stream().map(NettyRanks::address).toList();
    CompletableFuture<Double> other =
        CompletableFuture.supplyAsync(
            () -> secondsOfAnExchange(both.get(1), addresses), Thread.ofPlatform()::start);
    return Math.max(secondsOfAnExchange(both.get(0), addresses), other.join());
  }

  private static double secondsOfAnExchange(NettyRanks ranks, List<InetSocketAddress> addresses) {
    ByteBuffer[] nothing = {ByteBuffer.allocate(0), ByteBuffer.allocate(0)};
    try (ranks) {
      ranks.join(addresses);
      long begun = 0;
      for (int i = 0; i < 2 * EXCHANGES; i++) {
        begun = i == EXCHANGES ? System.nanoTime() : begun; // the first ones warm up
        ranks.exchange(nothing);
      }
      return (System.nanoTime() - begun) / 1e9 / EXCHANGES;
    }
  }

  /** Seconds of an epoch of plain training. */
  private static double plain(String name, int units, int batch, float[][] samples) {
    Shape shape = Shape.of(1, 1, samples[0].length);
    Dataset data = MemoryDataset.of("samples", shape, Trainings.flat(samples));
    ModelFamily family = ModelFamilies.named(name);
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("hidden", units);
    double[] seconds = new double[2];
    for (int longer = WARM_UP; longer < 2; longer++) {
      TrainingSettings training =
          TrainingSettings.of(family)
              .parse(Map.of("batch", batch, "rate", RATE, "epochs", epochs(longer)));
      try (Backend backend = Backends.named("cpu", BackendOptions.defaults().withThreads(1));
          FeatureExtractor model =
              family.create(
                  family.settings().parse(settings), data.sampleShape(), backend, Seed.of(1))) {
        long begun = System.nanoTime();
        Trainer.of(model).settings(training).data(data).train();
        seconds[Math.max(0, longer)] = (System.nanoTime() - begun) / 1e9;
      }
    }
    return (seconds[1] - seconds[0]) / (LONG - SHORT);
  }
}
