package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.model.ShardedModel;
import dev.wta.models.shard.training.ShardedRun;
import dev.wta.spark.store.RunStore;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;

/**
 * A trained model that adds samples' features to a data frame: a run directory of {@code wta
 * train}, of {@link #write} or of an Estimator, on any file system of Hadoop.
 *
 * <pre>{@code
 * WtaModel model = WtaModel.load("hdfs:///runs/sae").setInputCol("embedding").setOutputCol("code");
 * Dataset<Row> codes = model.transform(embeddings);
 * }</pre>
 *
 * <p>Samples are given as the training data had them: the run's pre-processing is part of the
 * model. Each executor has one encoder of a model, which its tasks share; partitions are encoded in
 * batches as they are read. A run on a file system of this machine alone ({@code file:}) is sent to
 * the executors, one elsewhere is read by them.
 *
 * <p>What {@link #write} saves is a run directory which {@code wta} opens, with Spark's metadata
 * beside it in {@code metadata/}. The run that a model was loaded from must stay where it is while
 * the model is used.
 */
public final class WtaModel extends Model<WtaModel> implements MLWritable {
  private final String uid;
  private final String run;
  private final String family;
  private final long inputs;
  private final Columns columns; // after the uid, which parameters remember
  private final IntParam shares;
  private transient SparkContext sentTo;
  private transient EncoderSource source;

  private WtaModel(String uid, String run, String family, long inputs) {
    this.uid = uid;
    this.run = run;
    this.family = family;
    this.inputs = inputs;
    columns = new Columns(this);
    shares =
        new IntParam(
            this,
            "shares",
            "into how many shares the model's units are divided, of which an executor holds one at"
                + " a time; 1 for models that an executor holds as a whole",
            ParamValidators.gtEq(1));
    setDefault(shares, 1);
    setDefault(columns.input, "features");
    setDefault(columns.output, "code");
    setDefault(columns.outputType, Columns.VECTOR);
  }

  /** The model of a run, with a name of its own or another's. */
  static WtaModel of(String uid, String run, Configuration conf) {
    RunConfig config =
        RunStore.withDescription(run, conf, folder -> RunDirectory.open(folder).config());
    return new WtaModel(uid, run, config.family(), config.sample().size());
  }

  /**
   * The model of a run.
   *
   * @param path of any file system that Hadoop knows; one without a scheme is of its default one
   * @throws WtaException if there is no run, or its configuration is damaged
   */
  public static WtaModel load(String path) {
    return read().load(path);
  }

  /** As {@link #load}, the way that Spark's pipelines ask for it. */
  public static MLReader<WtaModel> read() {
    return new Reader();
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The path of the run. */
  public String run() {
    return run;
  }

  /** The name of the model's family, such as {@code topk}. */
  public String family() {
    return family;
  }

  /** The numbers of one sample. */
  public long inputs() {
    return inputs;
  }

  public Param<String> inputCol() {
    return columns.input;
  }

  public String getInputCol() {
    return $(columns.input);
  }

  /**
   * The column of the samples: vectors, or arrays of float or double; {@code features} by default.
   */
  public WtaModel setInputCol(String column) {
    set(columns.input, column);
    return this;
  }

  public Param<String> outputCol() {
    return columns.output;
  }

  public String getOutputCol() {
    return $(columns.output);
  }

  /** The column that is added; {@code code} by default. */
  public WtaModel setOutputCol(String column) {
    set(columns.output, column);
    return this;
  }

  public Param<String> outputType() {
    return columns.outputType;
  }

  public String getOutputType() {
    return $(columns.outputType);
  }

  /**
   * What features are: {@code vector}, a sparse one (the default), or {@code struct}, with {@code
   * indices} and {@code values}, float32.
   */
  public WtaModel setOutputType(String type) {
    set(columns.outputType, type);
    return this;
  }

  public IntParam shares() {
    return shares;
  }

  public int getShares() {
    return (int) $(shares);
  }

  /**
   * Divides the model's units into shares, for models that are larger than an executor: it holds
   * one share at a time, reads the next when its tasks have encoded by it, and codes are the same.
   * Executors must be able to read the run's path. With 1, the default, an executor holds the whole
   * model.
   */
  public WtaModel setShares(int count) {
    set(shares, count);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return Columns.added(schema, getInputCol(), getOutputCol(), getOutputType());
  }

  @Override
  public Dataset<Row> transform(Dataset<?> samples) {
    StructType schema = transformSchema(samples.schema());
    SparkContext spark = samples.sparkSession().sparkContext();
    Executors.requireJvmsOnce(samples.sparkSession());
    int column = samples.schema().fieldIndex(getInputCol());
    boolean vectors = getOutputType().equals(Columns.VECTOR);
    MapPartitionsFunction<Row, Row> encoding =
        getShares() == 1
            ? new Encoding(source(spark), column, vectors)
            : new ShareEncoding(shares(spark), column, vectors);
    return samples.toDF().mapPartitions(encoding, Encoders.row(schema));
  }

  /**
   * Where shares come from.
   *
   * @throws WtaException if the family is not served, or there are more shares than blocks of units
   */
  private ShareSource shares(SparkContext spark) {
    Configuration conf = spark.hadoopConfiguration();
    RunConfig config =
        RunStore.withDescription(run, conf, folder -> RunDirectory.open(folder).config());
    int most;
    try {
      most = Blocks.of(ShardedModel.units(ShardedRun.settings(config))).count();
    } catch (WtaException refused) {
      throw new WtaException(
          "shares is %d, and %s".formatted(getShares(), refused.problem()),
          "set it to 1: each executor then holds the whole model",
          refused);
    }
    if (getShares() > most) {
      throw new WtaException(
          "shares is %d, and the model's units are divided into %d blocks"
              .formatted(getShares(), most),
          "set it to at most %d".formatted(most));
    }
    return new ShareSource(
        UUID.randomUUID().toString(),
        run,
        getShares(),
        JavaSparkContext.fromSparkContext(spark).broadcast(new SerializableConfiguration(conf)));
  }

  private synchronized EncoderSource source(SparkContext spark) {
    if (source == null || !spark.equals(sentTo)) {
      Configuration conf = spark.hadoopConfiguration();
      List<String> files = RunStore.files(run, conf, RunStore.FOR_ENCODING);
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
      Broadcast<List<byte[][]>> contents =
          spark.isLocal() || !ofThisMachine(conf)
              ? null
              : context.broadcast(EncoderSource.read(run, files, conf));
      source =
          new EncoderSource(
              UUID.randomUUID().toString(),
              run,
              files,
              context.broadcast(new SerializableConfiguration(conf)),
              contents);
      sentTo = spark;
    }
    return source;
  }

  private boolean ofThisMachine(Configuration conf) {
    try {
      return new org.apache.hadoop.fs.Path(run)
          .getFileSystem(conf)
          .getUri()
          .getScheme()
          .equals("file");
    } catch (IOException failed) {
      throw RunStore.unreadable(run, failed);
    }
  }

  @Override
  public WtaModel copy(ParamMap extra) {
    WtaModel copied = new WtaModel(uid, run, family, inputs);
    copied.source = source;
    copied.sentTo = sentTo;
    return copyValues(copied, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  @Override
  public String toString() {
    return "WtaModel: uid=%s, family=%s, inputs=%d".formatted(uid, family, inputs);
  }

  private static final class Writer extends MLWriter {
    private final WtaModel model;

    Writer(WtaModel model) {
      this.model = model;
    }

    /** Overwriting deletes first, and a run must not be deleted before it was copied. */
    @Override
    public void save(String path) throws IOException {
      Configuration conf = sc().hadoopConfiguration();
      if (RunStore.sameOrWithin(model.run, path, conf)) {
        throw new WtaException(
            "%s is where the model itself is".formatted(path), "save it to another path");
      }
      super.save(path);
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sparkSession());
      RunStore.copy(model.run, path, sc().hadoopConfiguration());
    }
  }

  private static final class Reader extends MLReader<WtaModel> {
    @Override
    public WtaModel load(String path) {
      Configuration conf = sc().hadoopConfiguration();
      if (!RunStore.exists(path, "metadata", conf)) {
        return of(Identifiable.randomUID("wta"), path, conf);
      }
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader.loadMetadata(path, sparkSession(), WtaModel.class.getName());
      WtaModel model = of(metadata.uid(), path, conf);
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }
  }
}
