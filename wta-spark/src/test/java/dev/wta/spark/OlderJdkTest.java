package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors of a JDK that runs Spark and not wta, where one is installed beside this one. */
class OlderJdkTest {
  private static final List<String> OF_SPARK = List.of("17", "21");

  @TempDir private static Path folder;
  private static String older;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> found = find();
    assumeTrue(found.isPresent(), "there is no JDK 17 or 21 to try");
    older = found.orElseThrow().toString();
    spark = Sessions.clusterBuilder(1).config("spark.executorEnv.JAVA_HOME", older).getOrCreate();
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  private static Optional<Path> find() throws IOException {
    for (Path folder :
        List.of(Path.of(System.getProperty("java.home")).getParent(), Path.of("/usr/lib/jvm"))) {
      try (Stream<Path> installed =
          Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
        Optional<Path> found =
            installed
                .filter(jdk -> Files.isExecutable(jdk.resolve("bin/java")))
                .filter(jdk -> OF_SPARK.contains(version(jdk)))
                .map(OlderJdkTest::real)
                .findFirst();
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The first number of its version, or nothing. */
  private static String version(Path jdk) {
    Path release = jdk.resolve("release");
    try (Stream<String> lines = Files.exists(release) ? Files.lines(release) : Stream.empty()) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
          .findFirst()
          .orElse("");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Path real(Path jdk) {
    try {
      return jdk.toRealPath();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void trainingNamesTheExecutorsJvm() {
    WtaEstimator estimator = Trainings.estimator(folder.resolve("trained").toString());
    assertThatThrownBy(() -> estimator.fit(Trainings.frame(spark, 1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the JVM of an executor (%s) is of JDK ".formatted(older))
        .hasMessageContaining("spark.executorEnv.JAVA_HOME");
  }

  @Test
  void soDoesEncoding() {
    Path run = folder.resolve("run");
    try (Backend backend = Backends.best();
        MemoryDataset data =
            MemoryDataset.of(
                "samples", Shape.of(Trainings.INPUTS), Trainings.flat(Trainings.samples()));
        Model model =
            TopKSae.Settings.DEFAULTS.hidden(16).k(2).on(data.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model).data(data).epochs(1).to(run).train();
    }
    WtaModel model = WtaModel.load(run.toString());
    for (int shares : new int[] {1, 2}) {
      assertThatThrownBy(() -> model.setShares(shares).transform(Trainings.frame(spark, 1)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the JVM of an executor (%s) is of JDK ".formatted(older));
    }
  }

  /** What else is asked of them needs no class of wta. */
  @Test
  void executorsAnswer() {
    List<Row> jvms = Executors.jvms(spark, 1);
    assertThat(jvms).hasSize(1);
    assertThat(jvms.getFirst().getString(0)).isEqualTo(older);
  }
}
