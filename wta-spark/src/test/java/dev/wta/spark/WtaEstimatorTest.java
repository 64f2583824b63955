package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WtaEstimatorTest {

  @TempDir private Path folder;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Sessions.local();
  }

  private static Dataset<Row> frame(int partitions) {
    return Trainings.frame(spark, partitions);
  }

  private WtaEstimator estimator(String name) {
    return Trainings.estimator(folder.resolve(name).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "jumprelu", "fc-wta", "standard"})
  void bitsDoNotDependOnTheRanks(String family) throws IOException {
    Set<String> bits = new HashSet<>();
    int[] some = family.equals("topk") ? new int[] {1, 2, 4} : new int[] {1, 4};
    for (int ranks : some) {
      WtaEstimator estimator = estimator(family + ranks).setModel(family).setRanks(ranks);
      if (!family.endsWith("topk")) {
        estimator.clear(estimator.k());
      }
      WtaModel model = estimator.fit(frame(ranks));
      assertThat(model.family()).isEqualTo(family);
      bits.add(HexFormat.of().formatHex(Trainings.parameters(model)));
    }
    assertThat(bits).hasSize(1);
  }

  /** Sums over blocks of units differ from sums over all in their last bits. */
  @Test
  void theModelIsThatOfPlainTraining() {
    WtaModel model = estimator("run").setRanks(2).fit(frame(2));
    float[][] samples = Trainings.samples();
    try (Backend backend = Backends.best();
        MemoryDataset data =
            MemoryDataset.of("samples", Shape.of(Trainings.INPUTS), Trainings.flat(samples));
        Model plain =
            TopKSae.Settings.DEFAULTS
                .hidden(Trainings.LATENTS)
                .k(4)
                .on(Shape.of(Trainings.INPUTS), backend, Seed.of(7));
        Encoder onSpark = RunDirectory.open(Path.of(model.run())).encoder(backend)) {
      Trainer.of(plain).data(data).batch(100).epochs(3).seed(Seed.of(7)).train();
      try (Encoder expected = Encoder.of(plain)) {
        for (int i = 0; i < 20; i++) {
          float[] wanted = expected.encode(samples[i]);
          float[] found = onSpark.encode(samples[i]);
          for (int j = 0; j < wanted.length; j++) {
            assertThat(found[j]).isCloseTo(wanted[j], within(1e-3f));
          }
        }
      }
    }
    assertThat(RunDirectory.open(Path.of(model.run())).state().orElseThrow().step()).isEqualTo(33);
  }

  @Test
  void aPipelineTrainsAndEncodes() throws IOException {
    PipelineModel pipeline =
        new Pipeline().setStages(new PipelineStage[] {estimator("run")}).fit(frame(3));
    Row first = pipeline.transform(frame(2)).first();
    assertThat(first.<SparseVector>getAs("code").size()).isEqualTo(Trainings.LATENTS);
    WtaEstimator saved = estimator("run").setSettings(Map.of("rate", 0.01));
    String path = folder.resolve("estimator").toString();
    saved.write().overwrite().save(path);
    WtaEstimator loaded = WtaEstimator.load(path);
    assertThat(loaded.getOrDefault(loaded.settings())).containsExactly("rate=0.01");
    assertThat(loaded.getOrDefault(loaded.latents())).isEqualTo(Trainings.LATENTS);
    assertThat(loaded.isSet(loaded.ranks())).isFalse();
    assertThat(loaded.uid()).isEqualTo(saved.uid());
  }

  /** A finished training is found again, another one is not mistaken for it. */
  @Test
  void aTrainingIsNamedByWhatDeterminesIt() throws IOException {
    WtaModel model = estimator("run").fit(frame(2));
    Path file = Path.of(model.run()).resolve("model.safetensors");
    Object before = Files.getLastModifiedTime(file);
    assertThat(estimator("run").fit(frame(1)).run()).isEqualTo(model.run());
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    assertThat(estimator("run").setSeed(8).fit(frame(2)).run()).isNotEqualTo(model.run());
    assertThat(estimator("run").fit(frame(2).limit(500)).run()).isNotEqualTo(model.run());
  }

  @Test
  void whatIsNotServedIsSaidBeforeAnythingRuns() {
    WtaEstimator gated = estimator("run").setModel("gated");
    gated.clear(gated.k());
    assertThatThrownBy(() -> gated.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve GatedSae");
    assertThatThrownBy(() -> estimator("run").setModel("topk-transcoder").fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve transcoders");
    assertThatThrownBy(() -> estimator("run").setModel("topkk").fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("did you mean 'topk'?");
    assertThatThrownBy(() -> estimator("run").setSettings(Map.of("rat", 1)).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("rate");
    assertThatThrownBy(() -> estimator("run").setSettings(Map.of("k", 3)).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'k' is given twice");
    for (String[] setting :
        new String[][] {{"average", "0.99"}, {"held-out", "3"}, {"schedule", "plateau"}}) {
      assertThatThrownBy(
              () -> estimator("run").setSettings(Map.of(setting[0], setting[1])).fit(frame(1)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("sharded training")
          .hasMessageContaining(setting[0]);
    }
    assertThatThrownBy(() -> estimator("run").setRanks(65).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("65 ranks");
    WtaEstimator homeless = estimator("run");
    homeless.clear(homeless.checkpointDir());
    assertThatThrownBy(() -> homeless.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("setCheckpointDir");
  }

  @Test
  void encryptionIsRefusedByName() {
    for (String key :
        List.of(
            "spark.network.crypto.enabled",
            "spark.authenticate.enableSaslEncryption",
            "spark.ssl.rpc.enabled")) {
      assertThatThrownBy(() -> Executors.requireTransport(new SparkConf(false).set(key, "true")))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining(key + " is set");
    }
  }

  /** What a task says reaches who called fit. */
  @Test
  void aFailureOfATaskIsExplained() {
    Dataset<Row> wrong =
        frame(2)
            .selectExpr(
                "case when features[0] > 1 then array(cast('NaN' as float)) else features end as"
                    + " features");
    assertThatThrownBy(() -> estimator("run").fit(wrong))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("numbers");
    assertThatThrownBy(
            () -> estimator("run").setSettings(Map.of("schedule", "plateau")).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve the schedule plateau");
  }
}
