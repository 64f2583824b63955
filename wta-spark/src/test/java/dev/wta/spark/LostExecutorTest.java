package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process of an executor in mid-training; Spark starts another one. */
class LostExecutorTest {
  private static final int EPOCHS = 150;

  @TempDir private Path folder;

  @Test
  void aKilledExecutorChangesNoBit() throws Exception {
    byte[] expected;
    try (SparkSession spark = Sessions.local(1)) {
      expected = Trainings.parameters(train(spark, "alone", 1));
    }
    try (SparkSession spark = Sessions.cluster(2)) {
      List<Integer> attempts = new CopyOnWriteArrayList<>();
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
                  attempts.add(submitted.stageInfo().attemptNumber());
                }
              });
      CompletableFuture<Void> killed = CompletableFuture.runAsync(this::killAnExecutor);
      WtaModel model = train(spark, "killed", 2);
      killed.get();
      assertThat(attempts).anyMatch(attempt -> attempt > 0);
      assertThat(Trainings.parameters(model)).isEqualTo(expected);
    }
  }

  private WtaModel train(SparkSession spark, String name, int ranks) {
    return Trainings.estimator(folder.resolve(name))
        .setEpochs(EPOCHS)
        .setSettings(Map.of("checkpoint-every", 50))
        .setRanks(ranks)
        .fit(Trainings.frame(spark, ranks));
  }

  private void killAnExecutor() {
    while (!checkpointed()) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
    ProcessHandle executor =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().command().filter(one -> one.endsWith("java")).isPresent())
            .findFirst()
            .orElseThrow();
    assertThat(executor.destroyForcibly()).isTrue();
  }

  private boolean checkpointed() {
    Path place = folder.resolve("killed");
    if (!Files.isDirectory(place)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(place)) {
      return files.anyMatch(file -> file.toString().endsWith(".complete.json"));
    } catch (IOException | UncheckedIOException vanished) {
      return false; // a file of an earlier checkpoint, while it was looked at
    }
  }
}
