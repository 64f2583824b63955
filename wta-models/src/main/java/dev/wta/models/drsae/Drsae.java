package dev.wta.models.drsae;

import dev.wta.api.IntSize;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Update;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Classifier;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.NormalisedRows;
import dev.wta.models.layer.Recurrence;
import dev.wta.models.loss.CrossEntropy;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.Map;
import java.util.Optional;

/**
 * The discriminative recurrent sparse autoencoder (Rolfe and LeCun 2013): a recurrent encoder whose
 * iterations share their weights, a linear decoder, and a classifier.
 *
 * <pre>{@code
 * z[0] = 0;  z[t + 1] = relu(z[t] + R z[t] + E x + b);  y = D z[T];  p = softmax(C z[T] / |z[T]|)
 * loss, first stage: reconstruction * |x - y|^2 / 2 + sparsity * |z[T]|_1;  second: the same + supervision * -log p[label]
 * }</pre>
 *
 * <p>R is the paper's S - I and b its -b. Rows of D, here a unit each, have at most the norm 1,
 * rows of E at most 1.25 / (T - 1), those of C at most 5: bounds, and no equalities. A step uses E
 * and b T times, R T - 1 times; their rates are divided by that, and C's by 5. Samples are expected
 * with norm 1, which the family's default pre-processing sees to.
 *
 * <p>Before the first step a unit's D is a training sample, faint, on noise; E and R are then those
 * of iterative shrinkage: E = s D, R = -s D D' (a row a unit), with s = 1.25 / T, or less where
 * units would silence one another at once.
 *
 * <p>Parameters: {@code encoder.weight (units, inputs)}, {@code encoder.bias (units)}, {@code
 * recurrent.weight (units, units)}, {@code decoder.weight (units, inputs)}, {@code
 * classifier.weight (classes, units)}. The representation is z[T].
 */
public final class Drsae extends Classifier {
  /** The name of the family. */
  public static final String FAMILY = "drsae";

  static final Setting<Integer> HIDDEN = Setting.integer("hidden", 400, 1, 1 << 20, "hidden units");
  static final Setting<Integer> ITERATIONS =
      Setting.integer("iterations", 11, 2, 10_000, "iterations of the encoder: the paper's T");
  static final Setting<Integer> CLASSES =
      Setting.integer("classes", 10, 1, 1 << 20, "classes, from 0, that labels name");
  static final Setting<Double> RECONSTRUCTION =
      Setting.real("reconstruction", 5, 0, 1e6, "weight of |x - y|^2 / 2 in the loss");
  static final Setting<Double> SPARSITY =
      Setting.real("sparsity", 0.09, 0, 1e6, "weight of the code's L1 norm in the loss");
  static final Setting<Double> SUPERVISION =
      Setting.real(
          "supervision", 1, 0, 1e6, "weight of the classifier's loss in the second stage's");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(HIDDEN, ITERATIONS, CLASSES, RECONSTRUCTION, SPARSITY, SUPERVISION);

  private static final double STEP = 1.25;

  /**
   * Of the step's length times how much units draw the same: from 2 on, all units together answer a
   * sample by so much that they silence one another in the next iteration.
   */
  private static final double LARGEST = 1.5;

  private static final float FAINT = 0.25f;
  private static final float LONGEST_OF_CLASSIFIER = 5;
  private static final double CLASSIFIER_DIVISOR = 5;
  private static final int PROJECTED_EVERY = 5;

  private final int units;
  private final int iterations;
  private final Parameter encoder;
  private final Parameter bias;
  private final Parameter recurrent;
  private final Parameter decoder;
  private final Parameter classifier;

  Drsae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    units = settings.get(HIDDEN);
    iterations = settings.get(ITERATIONS);
    Shape filters = Shape.of(units, Math.toIntExact(sample.size()));
    encoder =
        zeros(
            "encoder.weight",
            filters,
            atMost(STEP / (iterations - 1), PROJECTED_EVERY),
            iterations);
    bias = bias("encoder.bias", units, iterations);
    recurrent = zeros("recurrent.weight", Shape.of(units, units), Optional.empty(), iterations - 1);
    decoder = zeros("decoder.weight", filters, atMost(1, PROJECTED_EVERY), 1);
    classifier =
        zeros(
            "classifier.weight",
            Shape.of(settings.get(CLASSES), units),
            atMost(LONGEST_OF_CLASSIFIER, 1),
            CLASSIFIER_DIVISOR);
    begin(new float[IntSize.of(filters.size(), "weights of the filters", filters)]);
  }

  private static Optional<Parameter.RowBound> atMost(double norm, int every) {
    return Optional.of(new Parameter.RowBound(Update.RowNorm.AT_MOST, (float) norm, false, every));
  }

  /** Draws the samples that units begin at. */
  @Override
  protected void beginAt(Dataset samples, Preprocessing fitted) {
    int inputs = decoder.value().shape().rowSize();
    float[] drawn =
        new float[IntSize.of((long) units * inputs, "weights of %d units".formatted(units))];
    Philox draws = seed().stream("init/samples");
    for (int u = 0; u < units; u++) {
      samples.read(draws.below(samples.size(), u), 1, drawn, u * inputs);
    }
    fitted.apply(drawn, units, sampleShape());
    begin(drawn);
  }

  /**
   * Gives D, E and R their first values.
   *
   * @param samples {@code (units, inputs)}
   */
  private void begin(float[] samples) {
    int inputs = decoder.value().shape().rowSize();
    Philox noise = seed().stream("init/decoder.weight");
    float spread = (float) (1 / Math.sqrt(inputs));
    float[] filters = new float[samples.length];
    for (int i = 0; i < filters.length; i++) {
      filters[i] = spread * (2 * noise.uniform(i) - 1) + FAINT * samples[i];
    }
    Dense dense = backend().dense();
    Tensor d = decoder.value();
    backend().memory().upload(filters, 0, d);
    backend().update().normaliseRows(d, Update.RowNorm.EXACTLY, 1);
    float step = (float) Math.min(STEP / iterations, LARGEST / likeness(d));
    dense.affine(step, d, 0, encoder.value());
    dense.gemm(d, false, d, true, -step, 0, Epilogue.NONE, recurrent.value());
  }

  /**
   * How much the units draw the same: what all of them together answer to their sum, for each of
   * it. It is 1 for units that are orthogonal, and their number for equal ones.
   */
  private double likeness(Tensor filters) {
    Dense dense = backend().dense();
    int inputs = filters.shape().rowSize();
    try (Tensor sum = backend().memory().allocate(Shape.of(inputs))) {
      dense.reduceColumns(Dense.Reduction.SUM, filters, sum);
      return dense.dot(sum, sum) / units;
    }
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    return unsupervised(tape, x, code(tape, x));
  }

  @Override
  protected StepOutput step(Tape tape, Variable x, Tensor labels) {
    Variable code = code(tape, x);
    Loss logistic = CrossEntropy.of(tape, scored(tape, code), labels);
    StepOutput first = unsupervised(tape, x, code);
    return new StepOutput(
            first.loss().plus(logistic.times(settings().get(SUPERVISION))),
            first.winners(),
            first.metrics())
        .with("crossEntropy", logistic::value);
  }

  private StepOutput unsupervised(Tape tape, Variable x, Variable code) {
    Loss error = tape.squaredError(drawn(tape, code), x).times(0.5);
    Loss norm = tape.l1(new Code.Dense(code));
    return StepOutput.of(
            error.times(settings().get(RECONSTRUCTION)).plus(norm.times(settings().get(SPARSITY))))
        .with("reconstructionError", error::value)
        .with("activeUnits", () -> active(tape, code.value()));
  }

  /** The active units of a sample, averaged. Waits for the device. */
  private double active(Tape tape, Tensor code) {
    Tensor steps = tape.temporary(code.shape());
    backend().dense().map(Dense.Unary.STEP, code, steps);
    return backend().dense().sum(steps) / code.shape().rows();
  }

  private Recurrence recurrence(Tape tape, Variable x) {
    Variable drive = tape.dense(x, tape.parameter(encoder), tape.parameter(bias));
    return Recurrence.run(tape, drive, tape.parameter(recurrent), iterations);
  }

  private Variable code(Tape tape, Variable x) {
    return recurrence(tape, x).output();
  }

  private Variable drawn(Tape tape, Variable code) {
    return tape.decode(code, tape.parameter(decoder));
  }

  private Variable scored(Tape tape, Variable code) {
    return tape.dense(NormalisedRows.run(tape, code), tape.parameter(classifier));
  }

  @Override
  protected Variable scores(Tape tape, Variable x) {
    return scored(tape, code(tape, x));
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return code(tape, x);
  }

  @Override
  protected Variable reconstruct(Tape tape, Variable x) {
    return drawn(tape, code(tape, x));
  }

  /**
   * The codes of all iterations.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @return {@code (iterations, samples, units)}
   */
  public float[] iterations(Tensor batch) {
    Memory memory = backend().memory();
    return infer(batch, (tape, x) -> memory.download(recurrence(tape, x).states()));
  }

  /** The number of iterations: the paper's T. */
  public int iterations() {
    return iterations;
  }

  @Override
  public int classes() {
    return settings().get(CLASSES);
  }

  @Override
  public int features() {
    return units;
  }

  /** The states of all iterations are held at once. */
  @Override
  public long activations() {
    return (long) iterations * units;
  }

  /** D, {@code (units, inputs)}. */
  @Override
  public Tensor decoderFilters() {
    return decoder.value();
  }

  /** E, {@code (units, inputs)}. */
  public Tensor encoderFilters() {
    return encoder.value();
  }

  /** R, the paper's S - I, {@code (units, units)}. */
  public Tensor recurrentWeights() {
    return recurrent.value();
  }

  /** C, {@code (classes, units)}. */
  public Tensor classifierWeights() {
    return classifier.value();
  }

  /** Makes {@link Drsae} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "discriminative recurrent sparse autoencoder: a shared encoder run T times, a decoder"
          + " and a classifier (Rolfe and LeCun 2013)";
    }

    @Override
    public boolean classifies() {
      return true;
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    /** The author's; his gradients are summed over the batch of 10, so his rate is a tenth. */
    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.ofEntries(
          Map.entry("optimizer", "sgd"),
          Map.entry("rate", 0.05),
          Map.entry("momentum", 0.0),
          Map.entry("schedule", "inverse(5e-6)"),
          Map.entry("batch", 10),
          Map.entry("pretraining", 100),
          Map.entry("epochs", 300),
          Map.entry("log-every", 1000),
          Map.entry("checkpoint-every", 5000),
          Map.entry("preprocess", "l2"));
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new Drsae(settings, sample, backend, seed);
    }
  }
}
