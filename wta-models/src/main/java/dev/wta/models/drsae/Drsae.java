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
import dev.wta.models.Decoded;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.NormalisedRows;
import dev.wta.models.layer.Recurrence;
import dev.wta.models.loss.CrossEntropy;
import dev.wta.models.loss.L1;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
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
 * units would inhibit one another at once.
 *
 * <p>Parameters: {@code encoder.weight (units, inputs)}, {@code encoder.bias (units)}, {@code
 * recurrent.weight (units, units)}, {@code decoder.weight (units, inputs)}, {@code
 * classifier.weight (classes, units)}. The representation is z[T].
 */
public final class Drsae extends Classifier {
  /** The name of the family. */
  public static final String NAME = "drsae";

  /** Of {@link Drsae}. */
  public record Settings(
      @Setting(help = "hidden units", min = 1, max = 1 << 20, shapesParameters = true) int hidden,
      @Setting(
              help = "iterations of the encoder: the paper's T",
              min = 2,
              max = 10_000,
              shapesParameters = true)
          int iterations,
      @Setting(
              help = "number of classes; labels are 0 to classes - 1",
              min = 1,
              max = 1 << 20,
              shapesParameters = true)
          int classes,
      @Setting(help = "weight of |x - y|^2 / 2 in the loss", min = 0, max = 1e6)
          double reconstruction,
      @Setting(help = "weight of the code's L1 norm in the loss", min = 0, max = 1e6)
          double sparsity,
      @Setting(help = "weight of the classifier's loss in the second stage", min = 0, max = 1e6)
          double supervision)
      implements ModelSettings<Settings, Drsae> {
    public static final Settings DEFAULTS = new Settings(400, 11, 10, 5, 0.09, 1);

    public Settings hidden(int units) {
      return with("hidden", units);
    }

    public Settings iterations(int iterations) {
      return with("iterations", iterations);
    }

    public Settings classes(int classes) {
      return with("classes", classes);
    }

    public Settings reconstruction(double weight) {
      return with("reconstruction", weight);
    }

    public Settings sparsity(double weight) {
      return with("sparsity", weight);
    }

    public Settings supervision(double weight) {
      return with("supervision", weight);
    }

    @Override
    public Drsae on(Shape sample, Backend backend, Seed seed) {
      return new Drsae(this, sample, backend, seed);
    }
  }

  /**
   * The training is the author's; his gradients are summed over the batch of 10, so his rate is a
   * tenth.
   */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "discriminative recurrent sparse autoencoder: a shared encoder run T times, a decoder"
                  + " and a classifier (Rolfe and LeCun 2013)",
              Settings.DEFAULTS,
              Drsae::new)
          .ofClassifiers()
          .training(
              Map.of(
                  "optimizer",
                  "sgd",
                  "rate",
                  0.05,
                  "momentum",
                  0.0,
                  "schedule",
                  "inverse(5e-6)",
                  "batch",
                  10,
                  "pretraining",
                  100,
                  "epochs",
                  300,
                  "log-every",
                  1000,
                  "checkpoint-every",
                  5000,
                  "preprocess",
                  "l2"));

  private static final double STEP = 1.25;

  /**
   * The largest product of the step's length and the likeness of the units' filters: from 2 on, all
   * units together respond to a sample so strongly that they inhibit one another in the next
   * iteration.
   */
  private static final double LARGEST = 1.5;

  private static final float FAINT = 0.25f;
  private static final float LONGEST_OF_CLASSIFIER = 5;
  private static final double CLASSIFIER_DIVISOR = 5;
  private static final int PROJECTED_EVERY = 5;

  private final Settings settings;
  private final int units;
  private final int iterations;
  private final Parameter encoder;
  private final Parameter bias;
  private final Parameter recurrent;
  private final Parameter decoder;
  private final Parameter classifier;

  Drsae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, backend, seed);
    this.settings = settings;
    units = settings.hidden();
    iterations = settings.iterations();
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
            Shape.of(settings.classes(), units),
            atMost(LONGEST_OF_CLASSIFIER, 1),
            CLASSIFIER_DIVISOR);
    begin(new float[IntSize.of(filters.size(), "weights of the filters", filters)]);
  }

  private static Optional<Parameter.RowBound> atMost(double norm, int every) {
    return Optional.of(new Parameter.RowBound(Update.RowNorm.AT_MOST, (float) norm, false, every));
  }

  /** Chooses the samples that units begin at. */
  @Override
  protected void beginAt(Dataset samples, Preprocessing fitted) {
    int inputs = decoder.value().shape().rowSize();
    float[] chosen =
        new float[IntSize.of((long) units * inputs, "weights of %d units".formatted(units))];
    Philox draws = seed().stream("init/samples");
    for (int u = 0; u < units; u++) {
      samples.read(draws.below(samples.size(), u), 1, chosen, u * inputs);
    }
    fitted.apply(chosen, units, sampleShape());
    begin(chosen);
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
   * The likeness of the units' filters: the response of all of them together to their sum, relative
   * to that sum. It is 1 for units that are orthogonal, and their number for equal ones.
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
            first.loss().plus(logistic.times(settings.supervision())),
            first.winners(),
            first.metrics())
        .with("crossEntropy", logistic::value);
  }

  private StepOutput unsupervised(Tape tape, Variable x, Variable code) {
    Loss error = SquaredError.of(tape, decoded(tape, code), x).times(0.5);
    Loss norm = L1.of(tape, new Code.Dense(code));
    return StepOutput.of(
            error.times(settings.reconstruction()).plus(norm.times(settings.sparsity())))
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
    Variable drive = Layers.dense(tape, x, tape.parameter(encoder), tape.parameter(bias));
    return Recurrence.run(tape, drive, tape.parameter(recurrent), iterations);
  }

  private Variable code(Tape tape, Variable x) {
    return recurrence(tape, x).output();
  }

  private Variable decoded(Tape tape, Variable code) {
    return Layers.decode(tape, code, tape.parameter(decoder));
  }

  private Variable scored(Tape tape, Variable code) {
    return Layers.dense(tape, NormalisedRows.run(tape, code), tape.parameter(classifier));
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
  protected Decoded reconstruct(Tape tape, Variable x) {
    Variable code = code(tape, x);
    return new Decoded(new Code.Dense(code), decoded(tape, code));
  }

  @Override
  protected Variable decode(Tape tape, Variable code) {
    return decoded(tape, code);
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
    return settings.classes();
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
}
