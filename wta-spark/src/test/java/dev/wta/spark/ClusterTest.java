package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors as processes of their own, which encode, and of which one is killed. Spark's messages
 * are authenticated.
 */
class ClusterTest {
  private static final int EPOCHS = 4; // 44 steps
  private static final int CHECKPOINT_EVERY = 10;

  @TempDir private static Path folder;
  private static SparkSession spark;
  private static final List<Integer> attempts = new CopyOnWriteArrayList<>();
  private static WtaModel alone;
  private static byte[] expected;

  @BeforeAll
  static void start() throws IOException {
    spark =
        Sessions.clusterBuilder(2)
            .config("spark.hadoop.fs.gate.impl", GatedFileSystem.class.getName())
            .config("spark.hadoop." + GatedFileSystem.STEP, 2 * CHECKPOINT_EVERY)
            .config("spark.authenticate", true)
            .config("spark.authenticate.secret", "of the driver and its executors")
            .getOrCreate();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
                attempts.add(submitted.stageInfo().attemptNumber());
              }
            });
    alone = train(folder.resolve("alone").toString(), 1);
    expected = Trainings.parameters(alone);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static WtaModel train(String checkpoints, int ranks) {
    return Trainings.estimator(checkpoints)
        .setEpochs(EPOCHS)
        .setSettings(Map.of("checkpoint-every", CHECKPOINT_EVERY))
        .setRanks(ranks)
        .fit(Trainings.frame(spark, ranks));
  }

  /** A run of the driver's machine is sent to executors. */
  @Test
  void executorsOfTheirOwnEncodeTheSame() {
    List<Row> rows = alone.transform(Trainings.frame(spark, 2)).collectAsList();
    try (Backend backend = Backends.best();
        Encoder encoder = RunDirectory.open(Path.of(alone.run())).encoder(backend)) {
      SparseCodes codes = encoder.encodeSparse(Trainings.samples());
      assertThat(rows).hasSize(codes.rows());
      for (int i = 0; i < rows.size(); i++) {
        SparseVector code = rows.get(i).getAs("code");
        assertThat(code.indices()).isEqualTo(codes.row(i).indices());
        for (int j = 0; j < code.values().length; j++) {
          assertThat((float) code.values()[j]).isEqualTo(codes.row(i).values()[j]);
        }
      }
    }
  }

  @Test
  void aKilledExecutorChangesNoBit() throws Exception {
    kill("killed", 0);
  }

  /** Either of the two executors: that of the first rank, or the other one. */
  @Tag("slow")
  @RepeatedTest(20)
  void noneOfTwentyDoes(RepetitionInfo repetition) throws Exception {
    kill("killed-" + repetition.getCurrentRepetition(), repetition.getCurrentRepetition());
  }

  private void kill(String name, int which) throws Exception {
    Path place = Files.createDirectory(folder.resolve(name));
    attempts.clear();
    CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> killAnExecutor(place, which));
    WtaModel model = train("gate://" + place, 2);
    killed.get();
    spark.sparkContext().listenerBus().waitUntilEmpty();
    assertThat(attempts).anyMatch(attempt -> attempt > 0);
    assertThat(Trainings.parameters(model)).isEqualTo(expected);
  }

  /** While the training waits for its second checkpoint. */
  private static void killAnExecutor(Path place, int which) {
    try {
      while (!Files.exists(place.resolve(GatedFileSystem.WAITING))) {
        Thread.sleep(10);
      }
      List<ProcessHandle> executors =
          ProcessHandle.current()
              .children()
              .filter(child -> child.info().command().filter(c -> c.endsWith("java")).isPresent())
              .toList();
      assertThat(executors).hasSize(2);
      ProcessHandle executor = executors.get(which % 2);
      assertThat(executor.destroyForcibly()).isTrue();
      executor.onExit().join();
      Files.writeString(place.resolve(GatedFileSystem.OPEN), "");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
