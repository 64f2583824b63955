package dev.wta.spark;

import dev.wta.api.WtaException;
import dev.wta.spark.transport.Limits;
import dev.wta.spark.transport.StageSecret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Trains a model on a column of samples, its units divided among executors.
 *
 * <pre>{@code
 * WtaModel model =
 *     new WtaEstimator()
 *         .setInputCol("embedding")
 *         .setModel("topk")
 *         .setLatents(24576)
 *         .setK(32)
 *         .setEpochs(3)
 *         .setCheckpointDir("hdfs:///wta")
 *         .fit(embeddings);
 * }</pre>
 *
 * <p>A transcoder's targets are a second column, {@link #setTargetCol}.
 *
 * <p>A barrier stage has a task for each rank. Each keeps a share of the samples and a share of the
 * units; every mini-batch is exchanged, and of a step's results only sums over units are. The bits
 * of the model do not depend on the number of ranks. They depend on the settings, on the samples
 * and their order in the data frame, and on the executors' vector width.
 *
 * <p>Checkpoints are kept in a folder of {@link #setCheckpointDir} that is named by all of these,
 * and by wta's version. A training that was interrupted, by the loss of an executor or of the
 * driver, resumes from the last one; one that is finished is not repeated.
 *
 * <p>Each parameter has a method {@code getX}, which throws {@link
 * java.util.NoSuchElementException} where it was not set and has no default.
 */
public final class WtaEstimator extends Estimator<WtaModel> implements DefaultParamsWritable {
  private static final int MOST_BYTES = 1 << 30;

  private final String uid;
  private final Columns columns;
  private final Param<String> targetCol;
  private final Param<String> model;
  private final IntParam latents;
  private final IntParam k;
  private final IntParam batchSize;
  private final IntParam epochs;
  private final LongParam seed;
  private final IntParam ranks;
  private final Param<String> checkpointDir;
  private final StringArrayParam settings;

  /** An Estimator with a name of its own. */
  public WtaEstimator() {
    this(Identifiable.randomUID("wtaEstimator"));
  }

  /** An Estimator of that name, as Spark's readers ask for it. */
  public WtaEstimator(String uid) {
    this.uid = uid;
    columns = new Columns(this);
    targetCol =
        new Param<>(
            this,
            "targetCol",
            "what a transcoder makes of the samples: vectors, or arrays of float or double");
    model = new Param<>(this, "model", "the model's family: topk, batch-topk, fc-wta, ...");
    latents = positive("latents", "units that are divided among ranks: the setting 'hidden'");
    k = positive("k", "active latents of a sample: the setting 'k'");
    batchSize = positive("batchSize", "samples of a mini-batch: the setting 'batch'");
    epochs = positive("epochs", "passes over the samples: the setting 'epochs'");
    seed = new LongParam(this, "seed", "the number that all randomness comes from");
    ranks =
        positive(
            "ranks",
            "tasks among which units are divided; without it, one an executor while units suffice");
    checkpointDir =
        new Param<>(
            this,
            "checkpointDir",
            "a folder for checkpoints and models that driver and executors see; without it that of"
                + " SparkContext.setCheckpointDir");
    settings =
        new StringArrayParam(
            this, "settings", "other settings of model and training, each as key=value");
    setDefault(columns.input, "features");
    setDefault(columns.output, "code");
    setDefault(columns.outputType, Columns.VECTOR);
    setDefault(model, "topk");
    setDefault(settings, new String[0]);
  }

  private IntParam positive(String name, String doc) {
    return new IntParam(this, name, doc, ParamValidators.gtEq(1));
  }

  /** What was saved by {@link #write}. */
  public static WtaEstimator load(String path) {
    return read().load(path);
  }

  /** As {@link #load}, the way that Spark's pipelines ask for it. */
  public static MLReader<WtaEstimator> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> inputCol() {
    return columns.input;
  }

  public String getInputCol() {
    return $(columns.input);
  }

  public Param<String> outputCol() {
    return columns.output;
  }

  public String getOutputCol() {
    return $(columns.output);
  }

  public Param<String> outputType() {
    return columns.outputType;
  }

  public String getOutputType() {
    return $(columns.outputType);
  }

  public Param<String> targetCol() {
    return targetCol;
  }

  public String getTargetCol() {
    return $(targetCol);
  }

  public Param<String> model() {
    return model;
  }

  public String getModel() {
    return $(model);
  }

  public IntParam latents() {
    return latents;
  }

  public int getLatents() {
    return (int) $(latents);
  }

  public IntParam k() {
    return k;
  }

  public int getK() {
    return (int) $(k);
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public int getBatchSize() {
    return (int) $(batchSize);
  }

  public IntParam epochs() {
    return epochs;
  }

  public int getEpochs() {
    return (int) $(epochs);
  }

  public LongParam seed() {
    return seed;
  }

  public long getSeed() {
    return (long) $(seed);
  }

  public IntParam ranks() {
    return ranks;
  }

  public int getRanks() {
    return (int) $(ranks);
  }

  public Param<String> checkpointDir() {
    return checkpointDir;
  }

  public String getCheckpointDir() {
    return $(checkpointDir);
  }

  public StringArrayParam settings() {
    return settings;
  }

  /** The other settings, each as key=value. */
  public String[] getSettings() {
    return $(settings);
  }

  /**
   * The column of the samples: vectors, or arrays of float or double; {@code features} by default.
   */
  public WtaEstimator setInputCol(String column) {
    return with(columns.input, column);
  }

  /** The column of a transcoder's targets, of the types of the samples'; other models have none. */
  public WtaEstimator setTargetCol(String column) {
    return with(targetCol, column);
  }

  /** The column that the model adds; {@code code} by default. */
  public WtaEstimator setOutputCol(String column) {
    return with(columns.output, column);
  }

  /** What the model's features are, see {@link WtaModel#setOutputType}. */
  public WtaEstimator setOutputType(String type) {
    return with(columns.outputType, type);
  }

  /** The model's family, {@code topk} by default. */
  public WtaEstimator setModel(String family) {
    return with(model, family);
  }

  /** The units, or latents. */
  public WtaEstimator setLatents(int units) {
    return with(latents, units);
  }

  /** The active latents of a sample, where the family has such a setting. */
  public WtaEstimator setK(int active) {
    return with(k, active);
  }

  /** The samples of a mini-batch, of all ranks together. */
  public WtaEstimator setBatchSize(int samples) {
    return with(batchSize, samples);
  }

  /** The passes over the samples. */
  public WtaEstimator setEpochs(int passes) {
    return with(epochs, passes);
  }

  /** The seed of all random numbers. */
  public WtaEstimator setSeed(long number) {
    return with(seed, number);
  }

  /**
   * The tasks among which units are divided; without this, one an executor, but not more than there
   * are blocks of units.
   */
  public WtaEstimator setRanks(int tasks) {
    return with(ranks, tasks);
  }

  /** A folder for checkpoints and models, on a file system that driver and executors see. */
  public WtaEstimator setCheckpointDir(String path) {
    return with(checkpointDir, path);
  }

  /** Other settings of model and training, by the keys of {@code wta train --set}. */
  public WtaEstimator setSettings(Map<String, ?> values) {
    return with(
        settings,
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .sorted()
            .toArray(String[]::new));
  }

  private <T> WtaEstimator with(Param<T> param, T value) {
    set(param, value);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    if (isSet(targetCol)) {
      Columns.requireNumbers(schema, $(targetCol), "the targets with setTargetCol");
    }
    return Columns.added(schema, $(columns.input), $(columns.output), $(columns.outputType));
  }

  @Override
  public WtaEstimator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public WtaModel fit(Dataset<?> samples) {
    transformSchema(samples.schema());
    SparkContext spark = samples.sparkSession().sparkContext();
    TrainingJob job = new TrainingJob($(model), given(), folder(spark), described());
    int tasks = isSet(ranks) ? (int) $(ranks) : Math.min(Executors.count(spark), job.mostRanks());
    job.requireServed(tasks);
    Executors.requireTransport(spark.conf());
    Executors.requireJvms(samples.sparkSession(), tasks);
    String run = train(job, samples, spark, tasks);
    Configuration conf = spark.hadoopConfiguration();
    return copyValues(WtaModel.of(uid, run, conf).setParent(this), new ParamMap());
  }

  private String train(TrainingJob job, Dataset<?> samples, SparkContext spark, int tasks) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    Duration silence =
        Duration.ofSeconds(spark.conf().getTimeAsSeconds("spark.network.timeout", "120s"));
    TrainingTask task =
        new TrainingTask(
            job,
            StageSecret.random(),
            new Limits(MOST_BYTES, silence, silence),
            context.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())),
            spark.longAccumulator("wta steps of " + uid));
    JavaPairRDD<Long, float[][]> shares =
        samples
            .select(named().stream().map(WtaEstimator::column).toArray(Column[]::new))
            .toDF()
            .javaRDD()
            .map(Samples::all)
            .zipWithIndex()
            .mapToPair(Tuple2::swap)
            .repartitionAndSortWithinPartitions(new RoundRobin(tasks));
    String description = spark.getLocalProperty("spark.job.description");
    spark.setJobDescription("wta: train %s on %d ranks".formatted($(model), tasks));
    try {
      ClassTag<String> text = ClassTag$.MODULE$.apply(String.class);
      RDD<String> trained = shares.rdd().barrier().mapPartitions(task, false, text);
      // Behind a shuffle: Spark retries a barrier stage only if it is not the last one of a job.
      return JavaRDD.fromRDD(trained, text).repartition(1).collect().getFirst();
    } catch (Exception failed) { // Spark's own are checked, and undeclared
      throw Executors.explained(failed);
    } finally {
      spark.setJobDescription(description);
    }
  }

  /** The settings that were set, by key. */
  private Map<String, String> given() {
    Map<String, String> given = new TreeMap<>();
    for (String setting : $(settings)) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new WtaException(
            "the setting '%s' has no value".formatted(setting), "write it as key=value");
      }
      given.put(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
    }
    give(given, latents, "hidden");
    give(given, k, "k");
    give(given, batchSize, "batch");
    give(given, epochs, "epochs");
    give(given, seed, "seed");
    return given;
  }

  private void give(Map<String, String> given, Param<Object> param, String key) {
    if (isSet(param) && given.put(key, String.valueOf($(param))) != null) {
      throw new WtaException(
          "'%s' is given twice: as %s and in settings".formatted(key, param.name()),
          "leave out one of them");
    }
  }

  private String folder(SparkContext spark) {
    if (isSet(checkpointDir)) {
      return $(checkpointDir);
    }
    if (spark.getCheckpointDir().isDefined()) {
      return spark.getCheckpointDir().get();
    }
    throw new WtaException(
        "there is no folder for checkpoints and the model",
        "name one that driver and executors see with setCheckpointDir");
  }

  /** The columns of the samples and, if there are any, of the targets. */
  private List<String> named() {
    return isSet(targetCol) ? List.of($(columns.input), $(targetCol)) : List.of($(columns.input));
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private List<String> described() {
    return named().stream().map("column '%s' of a data frame"::formatted).toList();
  }
}
