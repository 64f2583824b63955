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
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
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
        MemoryDataset data = data("samples", samples);
        Model plain = TOPK.on(data.sampleShape(), backend, Seed.of(7));
        Encoder onSpark = RunDirectory.open(Path.of(model.run())).encoder(backend)) {
      trainer(plain, data).train();
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

  /** Reconstructions come from all parameters, and from the targets' pre-processing. */
  @Test
  void aTranscoderIsThatOfPlainTraining() throws IOException {
    Set<String> bits = new HashSet<>();
    WtaModel model = null;
    for (int ranks : new int[] {1, 2, 4}) {
      WtaEstimator transcoder = transcoder("run" + ranks).setRanks(ranks);
      model = transcoder.setSettings(Map.of("skip", true)).fit(frame(ranks));
      bits.add(HexFormat.of().formatHex(Trainings.parameters(model)));
    }
    assertThat(bits).hasSize(1);
    RunDirectory run = RunDirectory.open(Path.of(model.run()));
    try (Backend backend = Backends.best();
        MemoryDataset data = data("samples", Trainings.samples());
        MemoryDataset targets = data("targets", Trainings.targets());
        Model plain =
            (Model)
                TopKSae.TRANSCODER.create(
                    TranscoderSettings.of(TOPK, targets.sampleShape()).skip(true),
                    data.sampleShape(),
                    backend,
                    Seed.of(7));
        Model onSpark = run.loadModel(backend)) {
      trainer(plain, data).target(targets).train();
      float[] wanted = plain.reconstruct(data);
      float[] found = onSpark.reconstruct(data);
      assertThat(found).hasSameSizeAs(wanted);
      double off = 0;
      double length = 0;
      for (int i = 0; i < wanted.length; i++) {
        off += Math.pow(found[i] - wanted[i], 2);
        length += Math.pow(wanted[i], 2);
      }
      assertThat(Math.sqrt(off / length)).isLessThan(1e-4);
    }
    assertThat(run.config().target())
        .containsEntry("name", "column 'target' of a data frame")
        .containsEntry("samples", Trainings.SAMPLES);
    Dataset<Row> samplesAlone = frame(1).drop("target");
    assertThat(model.transform(samplesAlone).first().<SparseVector>getAs("code").size())
        .isEqualTo(Trainings.LATENTS);
  }

  private WtaEstimator transcoder(String name) {
    return estimator(name).setModel("topk-transcoder").setTargetCol("target");
  }

  private static final TopKSae.Settings TOPK =
      TopKSae.Settings.DEFAULTS.hidden(Trainings.LATENTS).k(4);

  private static MemoryDataset data(String name, float[][] rows) {
    return MemoryDataset.of(name, Shape.of(rows[0].length), Trainings.flat(rows));
  }

  private static Trainer trainer(Model model, MemoryDataset data) {
    return Trainer.of(model).data(data).batch(100).epochs(3).seed(Seed.of(7));
  }

  @Test
  void aPipelineTrainsAndEncodes() throws IOException {
    PipelineModel pipeline =
        new Pipeline().setStages(new PipelineStage[] {estimator("run")}).fit(frame(3));
    Row first = pipeline.transform(frame(2)).first();
    assertThat(first.<SparseVector>getAs("code").size()).isEqualTo(Trainings.LATENTS);
    WtaEstimator saved = estimator("run").setSettings(Map.of("rate", 0.01)).setTargetCol("target");
    String path = folder.resolve("estimator").toString();
    saved.write().overwrite().save(path);
    WtaEstimator loaded = WtaEstimator.load(path);
    assertThat(loaded.getSettings()).containsExactly("rate=0.01");
    assertThat(loaded.getInputCol()).isEqualTo("features");
    assertThat(loaded.getOutputCol()).isEqualTo("code");
    assertThat(loaded.getOutputType()).isEqualTo("vector");
    assertThat(loaded.getTargetCol()).isEqualTo("target");
    assertThat(loaded.getModel()).isEqualTo("topk");
    assertThat(loaded.getLatents()).isEqualTo(Trainings.LATENTS);
    assertThat(loaded.getK()).isEqualTo(4);
    assertThat(loaded.getBatchSize()).isEqualTo(100);
    assertThat(loaded.getEpochs()).isEqualTo(3);
    assertThat(loaded.getSeed()).isEqualTo(7);
    assertThat(loaded.getCheckpointDir()).isEqualTo(folder.resolve("run").toString());
    assertThatThrownBy(loaded::getRanks).isInstanceOf(NoSuchElementException.class);
    assertThat(loaded.setRanks(2).getRanks()).isEqualTo(2);
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
    WtaEstimator transcoder = transcoder("run").setEpochs(1);
    assertThat(transcoder.fit(frame(2)).run())
        .isNotEqualTo(transcoder.setTargetCol("features").fit(frame(2)).run());
    TrainingJob job = new TrainingJob("topk", Map.of("k", "4"), "runs", List.of("features"));
    String name = job.name("digest", Optional.empty(), "0.2.0 cpu 512 bits");
    assertThat(job.name("digest", Optional.empty(), "0.2.0 cpu 512 bits")).isEqualTo(name);
    assertThat(job.name("digest", Optional.empty(), "0.2.1 cpu 512 bits")).isNotEqualTo(name);
    assertThat(job.name("digest", Optional.empty(), "0.2.0 cpu 256 bits")).isNotEqualTo(name);
  }

  /** The local master has four threads. */
  @Test
  void thereAreNoMoreRanksThanBlocksUnlessAskedFor() {
    WtaEstimator two = estimator("run").setLatents(2).setK(1).setEpochs(1);
    assertThat(two.fit(frame(1)).family()).isEqualTo("topk");
    assertThatThrownBy(() -> two.setRanks(3).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("2 units are divided into 2 blocks, and there are 3 ranks");
  }

  @Test
  void whatIsNotServedIsSaidBeforeAnythingRuns() {
    WtaEstimator gated = estimator("run").setModel("gated");
    gated.clear(gated.k());
    assertThatThrownBy(() -> gated.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve gated:");
    gated.setModel("gated-transcoder").setTargetCol("target");
    assertThatThrownBy(() -> gated.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve gated-transcoder:")
        .hasMessageContaining("choose one of fc-wta, topk");
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
        new String[][] {
          {"average", "0.99"}, {"held-out", "3"}, {"schedule", "plateau"}, {"steps", "5"}
        }) {
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
  void aTranscoderAndNoOtherModelHasTargets() {
    WtaEstimator transcoder = transcoder("run");
    transcoder.clear(transcoder.targetCol());
    assertThatThrownBy(() -> transcoder.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("topk-transcoder reconstructs a target, and there is none")
        .hasMessageContaining("setTargetCol");
    assertThatThrownBy(() -> estimator("run").setTargetCol("target").fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("topk reconstructs its samples, and column 'target'");
    assertThatThrownBy(() -> transcoder.setTargetCol("y").fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no column 'y' among features, target")
        .hasMessageContaining("setTargetCol");
    assertThatThrownBy(() -> transcoder.fit(frame(1).selectExpr("features", "1 as y")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("column 'y' is of type int");
    transcoder.setTargetCol("target").setSettings(Map.of("outputs", 5));
    assertThatThrownBy(() -> transcoder.fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'outputs' is 5");
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
    assertRefused("features", "array_append(features, 1)", "column 'features' of a data frame has");
    assertRefused(
        "target",
        "transform(target, one -> cast('NaN' as float))",
        "column 'target' of a data frame holds a value that is not a finite number in row ");
    assertRefused("target", "null", "column 'target' is null in a row");
    assertThatThrownBy(
            () -> estimator("run").setSettings(Map.of("schedule", "plateau")).fit(frame(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("does not serve the schedule plateau");
  }

  /** With another value in one row in six. */
  private void assertRefused(String column, String value, String problem) {
    Dataset<Row> wrong =
        frame(2)
            .withColumn(
                column,
                functions.expr(
                    "case when features[0] > 1 then %s else %s end".formatted(value, column)));
    assertThatThrownBy(() -> transcoder("run").fit(wrong))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(problem);
  }
}
