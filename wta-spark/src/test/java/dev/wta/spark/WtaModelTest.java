package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.GatedSae;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WtaModelTest {
  private static final int INPUTS = 12;
  private static final int SAMPLES = 3000; // more than one batch of an encoding task

  @TempDir private static Path folder;
  private static float[][] samples;
  private static SparseCodes expected;
  private static SparkSession spark;

  /** A run of plain training, and what its encoder says. */
  @BeforeAll
  static void train() {
    spark = Sessions.local();
    Random random = new Random(1);
    samples = new float[SAMPLES][INPUTS];
    for (float[] sample : samples) {
      for (int i = 0; i < INPUTS; i++) {
        sample[i] = (float) random.nextGaussian();
      }
    }
    try (Backend backend = Backends.best();
        MemoryDataset data =
            MemoryDataset.of("samples", Shape.of(INPUTS), Trainings.flat(samples));
        Model model =
            TopKSae.Settings.DEFAULTS.hidden(40).k(4).on(Shape.of(INPUTS), backend, Seed.of(1))) {
      Trainer.of(model).data(data).epochs(1).to(folder.resolve("run")).train();
      expected = encode(folder.resolve("run"), backend);
    }
  }

  private static SparseCodes encode(Path run, Backend backend) {
    try (Encoder encoder = RunDirectory.open(run).encoder(backend)) {
      return encoder.encodeSparse(samples);
    }
  }

  @Test
  void featuresAreThoseOfTheEncoder() {
    WtaModel model = WtaModel.load(folder.resolve("run").toString());
    assertThat(model.family()).isEqualTo("topk");
    assertThat(model.inputs()).isEqualTo(INPUTS);
    assertThat(codes(model.transform(vectors()))).isEqualTo(expected);
    assertThat(codes(model.transform(arrays(DataTypes.FloatType)))).isEqualTo(expected);
    assertThat(codes(model.transform(arrays(DataTypes.DoubleType)))).isEqualTo(expected);
  }

  /** One that plain training made: it encodes samples alone. */
  @Test
  void aTranscoderNeedsNoTargets() {
    Path run = folder.resolve("transcoder");
    SparseCodes wanted;
    try (Backend backend = Backends.best();
        MemoryDataset data =
            MemoryDataset.of("samples", Shape.of(INPUTS), Trainings.flat(samples));
        MemoryDataset targets =
            MemoryDataset.of(
                "targets", Shape.of(3), Arrays.copyOf(Trainings.flat(samples), 3 * SAMPLES));
        Model model =
            (Model)
                TopKSae.TRANSCODER.create(
                    TranscoderSettings.of(
                        TopKSae.Settings.DEFAULTS.hidden(40).k(4), targets.sampleShape()),
                    Shape.of(INPUTS),
                    backend,
                    Seed.of(1))) {
      Trainer.of(model).data(data).target(targets).epochs(1).to(run).train();
      wanted = encode(run, backend);
    }
    assertThat(wanted).isNotEqualTo(expected);
    WtaModel model = WtaModel.load(run.toString());
    assertThat(model.family()).isEqualTo("topk-transcoder");
    assertThat(codes(model.transform(vectors()), "code", wanted)).isEqualTo(wanted);
    assertThat(codes(model.setShares(3).transform(vectors()), "code", wanted)).isEqualTo(wanted);
  }

  /** Of several tasks at once, which go through the shares together. */
  @Test
  void sharesOfTheUnitsEncodeTheSame() {
    for (int shares : new int[] {2, 3, 8}) {
      WtaModel model = WtaModel.load(folder.resolve("run").toString()).setShares(shares);
      assertThat(codes(model.transform(vectors().repartition(6)))).isEqualTo(expected);
      assertThat(codes(model.transform(arrays(DataTypes.FloatType)))).isEqualTo(expected);
    }
  }

  @Test
  void sharesThatCannotBeAreRefused() throws Exception {
    WtaModel model = WtaModel.load(folder.resolve("run").toString()).setShares(9);
    assertThatThrownBy(() -> model.transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("shares is 9, and the model's units are divided into 8 blocks");
    Path gated = folder.resolve("gated");
    try (Backend backend = Backends.best();
        MemoryDataset data =
            MemoryDataset.of("samples", Shape.of(2), new float[] {1, 2, 3, 4, 5, 7, 2, 1});
        Model other = GatedSae.Settings.DEFAULTS.hidden(16).on(Shape.of(2), backend, Seed.of(1))) {
      Trainer.of(other).data(data).epochs(1).batch(2).to(gated).train();
    }
    WtaModel divided = WtaModel.load(gated.toString()).setShares(2);
    assertThatThrownBy(() -> divided.transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("shares is 2")
        .hasMessageContaining("does not serve gated:");
    assertThatThrownBy(() -> divided.setShares(0)).hasMessageContaining("shares");
  }

  @Test
  void featuresMayBeStructs() {
    Dataset<Row> coded =
        WtaModel.load(folder.resolve("run").toString())
            .setOutputType("struct")
            .transform(vectors());
    assertThat(coded.schema().apply("code").dataType()).isEqualTo(Columns.CODE);
    Row code = coded.orderBy("id").first().getStruct(2);
    assertThat(code.<Integer>getList(0))
        .containsExactlyElementsOf(IntStream.of(expected.row(0).indices()).boxed().toList());
    assertThat(code.<Float>getList(1)).hasSize(expected.row(0).size());
  }

  @Test
  void aSavedModelIsARun() {
    Path saved = folder.resolve("saved");
    WtaModel model =
        WtaModel.load(folder.resolve("run").toString()).setInputCol("x").setOutputCol("z");
    assertThat(model.copy(new ParamMap()).getOutputCol()).isEqualTo("z");
    save(model, saved);
    save(model, saved);
    try (Backend backend = Backends.best()) {
      assertThat(encode(saved, backend)).isEqualTo(expected);
    }
    WtaModel loaded = WtaModel.load(saved.toString());
    assertThat(loaded.uid()).isEqualTo(model.uid());
    assertThat(loaded.getInputCol()).isEqualTo("x");
    assertThat(loaded.getOutputCol()).isEqualTo("z");
    assertThat(codes(loaded.transform(vectors().withColumnRenamed("features", "x")), "z", expected))
        .isEqualTo(expected);
  }

  private static void save(WtaModel model, Path path) {
    try {
      model.write().overwrite().save(path.toString());
    } catch (java.io.IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }

  @Test
  void aPipelineSavesAndLoadsIt() throws Exception {
    WtaModel model = WtaModel.load(folder.resolve("run").toString());
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {model}).fit(vectors());
    String path = folder.resolve("pipeline").toString();
    pipeline.write().overwrite().save(path);
    assertThat(codes(PipelineModel.load(path).transform(vectors()))).isEqualTo(expected);
  }

  @Test
  void aModelIsNotSavedOverItself() {
    WtaModel model = WtaModel.load(folder.resolve("run").toString());
    for (Path path : List.of(folder.resolve("run"), folder)) {
      assertThatThrownBy(() -> save(model, path))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("where the model itself is");
    }
    assertThat(Files.exists(folder.resolve("run/model.safetensors"))).isTrue();
  }

  @Test
  void wrongColumnsAreNamed() {
    WtaModel model = WtaModel.load(folder.resolve("run").toString());
    assertThatThrownBy(() -> model.copy(new ParamMap()).setInputCol("y").transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no column 'y' among id, features");
    assertThatThrownBy(() -> model.copy(new ParamMap()).setInputCol("id").transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("column 'id' is of type int");
    assertThatThrownBy(
            () -> model.copy(new ParamMap()).setOutputCol("features").transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("a column 'features' already");
    assertThatThrownBy(() -> model.copy(new ParamMap()).setOutputType("dense").transform(vectors()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("outputType is 'dense'");
    assertThatThrownBy(() -> WtaModel.load(folder.resolve("nothing").toString()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("holds no run");
  }

  @Test
  void samplesOfAnotherLengthAreRefused() {
    StructType schema = new StructType().add("features", SQLDataTypes.VectorType());
    Dataset<Row> wrong =
        spark.createDataFrame(List.of(RowFactory.create(Vectors.dense(1, 2, 3))), schema);
    WtaModel model = WtaModel.load(folder.resolve("run").toString());
    assertThatThrownBy(() -> model.transform(wrong).collectAsList())
        .hasStackTraceContaining("has 3 numbers");
    assertThatThrownBy(
            () -> model.copy(new ParamMap()).setShares(2).transform(wrong).collectAsList())
        .hasStackTraceContaining("has 3 numbers");
    Dataset<Row> absent = spark.createDataFrame(List.of(RowFactory.create((Object) null)), schema);
    assertThatThrownBy(() -> model.transform(absent).collectAsList())
        .hasStackTraceContaining("null in a row");
  }

  @Test
  void theJvmOfExecutorsIsChecked() {
    assertThatThrownBy(() -> ExecutorBackend.requireJvm("/opt/jdk-21", 21, true))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the JVM of an executor (/opt/jdk-21) is of JDK 21")
        .hasMessageContaining("spark.executorEnv.JAVA_HOME");
    assertThatThrownBy(() -> ExecutorBackend.requireJvm("/opt/jdk", 25, false))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("--add-modules=jdk.incubator.vector");
  }

  private Dataset<Row> vectors() {
    return frame(
        SQLDataTypes.VectorType(),
        sample -> Vectors.dense(IntStream.range(0, INPUTS).mapToDouble(i -> sample[i]).toArray()));
  }

  private Dataset<Row> arrays(DataType element) {
    return frame(
        DataTypes.createArrayType(element),
        element.equals(DataTypes.FloatType)
            ? sample -> sample
            : sample -> IntStream.range(0, INPUTS).mapToDouble(i -> sample[i]).toArray());
  }

  private Dataset<Row> frame(DataType type, java.util.function.Function<float[], Object> cell) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      rows.add(RowFactory.create(i, cell.apply(samples[i])));
    }
    return spark
        .createDataFrame(
            rows, new StructType().add("id", DataTypes.IntegerType).add("features", type))
        .coalesce(2);
  }

  private static SparseCodes codes(Dataset<Row> coded) {
    return codes(coded, "code", expected);
  }

  private static SparseCodes codes(Dataset<Row> coded, String column, SparseCodes wanted) {
    List<Row> rows = coded.orderBy("id").collectAsList();
    assertThat(rows).hasSize(SAMPLES);
    float[] dense = new float[SAMPLES * wanted.features()];
    for (int i = 0; i < SAMPLES; i++) {
      SparseVector vector = rows.get(i).getAs(column);
      SparseCode code = wanted.row(i);
      assertThat(vector.indices()).isEqualTo(code.indices());
      for (int j = 0; j < vector.indices().length; j++) {
        dense[i * wanted.features() + vector.indices()[j]] = (float) vector.values()[j];
      }
    }
    return SparseCodes.ofDense(wanted.features(), dense);
  }
}
