package dev.wta.models.roae;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.RandomPatches;
import dev.wta.models.Decoded;
import dev.wta.models.ForwardPass;
import dev.wta.models.InputRange;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import java.util.Map;

/**
 * The rank-ordered autoencoder (Bertens 2016): units are ranked by their activation, each adds to
 * what those above it reconstruct, and learns from the error that is left at its rank. No setting
 * says how sparse the code is.
 *
 * <pre>{@code
 * raw = W x / inputs;  y = clip(raw, 0, 1);  R_r = clip(sum over the r highest ranks of y_j W_j, 0, 1);  e_r = x - R_r
 * decoder: W_j += y_j e_rank(j);  encoder: W_j += d_j x
 * d_j = (e_rank(j) . W_j) / inputs where its sign is not raw_j's, and no larger than raw_j; else 0
 * }</pre>
 *
 * <p>What a unit learns from a sample has at most the norm {@code bound}. The original takes one
 * sample a step; here the updates of a mini-batch are summed, as if they had been taken one after
 * the other, so the rate keeps its meaning. The loss is |x - R|, averaged over the batch: what the
 * author reports, and what the rate goes by. It is not what the updates are the gradient of; they
 * follow the errors at all ranks, and not quite their gradient.
 *
 * <p>Parameter: {@code weight (units, inputs)}. The representation is y.
 */
public final class Roae extends Model {
  /** The name of the family. */
  public static final String NAME = "roae";

  /** Of {@link Roae}. */
  public record Settings(
      @Setting(help = "hidden units", min = 1, max = 1 << 20, shapesParameters = true) int hidden,
      @Setting(help = "largest L2 norm of a unit's weight change per sample", above = 0, max = 1e6)
          double bound)
      implements ModelSettings<Settings, Roae> {
    public static final Settings DEFAULTS = new Settings(169, 0.1);

    public Settings hidden(int units) {
      return with("hidden", units);
    }

    public Settings bound(double norm) {
      return with("bound", norm);
    }

    @Override
    public Roae on(Shape sample, Backend backend, Seed seed) {
      return new Roae(this, sample, backend, seed);
    }
  }

  /** The training is the author's, but for the batch: he takes one sample a step. */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "rank-ordered autoencoder: units learn from the error left at their rank (Bertens"
                  + " 2016)",
              Settings.DEFAULTS,
              Roae::new)
          .training(
              Map.of(
                  "optimizer",
                  "sgd",
                  "rate",
                  1.0,
                  "momentum",
                  0.0,
                  "schedule",
                  "plateau",
                  "batch",
                  10,
                  "epochs",
                  60));

  /** The numbers of units whose errors are logged, as far as there are so many. */
  private static final int[] LOGGED = {1, 5, 10, 20, 40, 80};

  private final Parameter weight;
  private final RankOrder ranks;
  private final InputRange range = new InputRange(NAME);

  // What walking needs on the host, kept from step to step; as large as the largest batch yet.
  private float[] samplesOnHost = {};
  private float[] rawOnHost = {};
  private float[] weightsOnHost = {};
  private float[] learnt = {};

  Roae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, backend, seed);
    int units = settings.hidden();
    int inputs = Math.toIntExact(sample.size());
    weight = weight("weight", Shape.of(units, inputs), Math.sqrt(2.0 / (units + inputs)));
    ranks = new RankOrder(inputs, units, (float) settings.bound());
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    range.require(backend(), x.value());
    int samples = x.shape().rows();
    learnt = room(learnt, weight.value());
    double[] errors = walk(x.value(), raw(tape, x.value()), learnt);
    Tensor update = tape.temporary(weight.value().shape());
    backend().memory().upload(learnt, 0, update);
    Tensor value = tape.temporary(Shape.of(1));
    backend().memory().fill(value, (float) errors[errors.length - 1]);
    BatchError error = new BatchError(tape.parameter(weight), update, samples, value);
    StepOutput output = StepOutput.of(Loss.of(backend(), error, 1.0 / samples));
    for (int rank : LOGGED) {
      if (rank <= errors.length) {
        output = output.with("errorAt" + rank, () -> errors[rank - 1] / samples);
      }
    }
    return output;
  }

  private double[] walk(Tensor x, Tensor raw, float[] update) {
    Memory memory = backend().memory();
    samplesOnHost = room(samplesOnHost, x);
    rawOnHost = room(rawOnHost, raw);
    weightsOnHost = room(weightsOnHost, weight.value());
    memory.download(x, samplesOnHost, 0);
    memory.download(raw, rawOnHost, 0);
    memory.download(weight.value(), weightsOnHost, 0);
    return ranks.walk(samplesOnHost, rawOnHost, weightsOnHost, x.shape().rows(), update);
  }

  private static float[] room(float[] before, Tensor tensor) {
    int size = IntSize.of(tensor.size(), "numbers of", tensor.shape());
    return before.length >= size ? before : new float[size];
  }

  /** {@code W x / inputs}. */
  private Tensor raw(Tape tape, Tensor x) {
    Tensor raw = tape.temporary(Shape.of(x.shape().rows(), features()));
    float share = 1f / x.shape().rowSize();
    tape.backend().dense().gemm(x, false, weight.value(), true, share, 0, Epilogue.NONE, raw);
    return raw;
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    Tensor code = raw(tape, x.value());
    tape.backend().dense().clip(code, 0, 1, code);
    return tape.constant(code);
  }

  @Override
  protected Decoded reconstruct(Tape tape, Variable x) {
    Variable code = encode(tape, x);
    return new Decoded(new Code.Dense(code), decode(tape, code));
  }

  @Override
  protected Variable decode(Tape tape, Variable code) {
    Dense dense = tape.backend().dense();
    Tensor reconstruction =
        tape.temporary(Shape.of(code.shape().rows(), weight.value().shape().rowSize()));
    dense.gemm(code.value(), false, weight.value(), false, 1, 0, Epilogue.NONE, reconstruction);
    dense.clip(reconstruction, 0, 1, reconstruction);
    return tape.constant(reconstruction);
  }

  /**
   * How well the units of the highest ranks reconstruct a data set: for each number of them, from
   * one to all, the L2 norm of the error that they leave, averaged over the samples. A model of
   * patches takes a random one of each picture, the same in every call.
   *
   * @throws WtaException if the samples' shape is not this model's
   */
  public double[] errorByRank(Dataset data) {
    Dataset shown = patchesOf(data);
    double[] mean = new double[features()];
    try (ForwardPass pass = ForwardPass.of(this, shown)) {
      while (pass.next()) {
        double[] errors =
            infer(pass.input(), (tape, x) -> walk(x.value(), raw(tape, x.value()), new float[0]));
        for (int r = 0; r < mean.length; r++) {
          mean[r] += errors[r] / shown.size();
        }
      }
    }
    return mean;
  }

  /** A random patch of each picture, the same in every call; data whose samples are no larger. */
  public Dataset patchesOf(Dataset pictures) {
    Shape patch = sampleShape();
    Shape whole = pictures.sampleShape();
    return patch.rank() == 3
            && whole.rank() == 3
            && !patch.equals(whole)
            && patch.extent(0) == whole.extent(0)
        ? RandomPatches.of(
            pictures,
            new PatchSize(patch.extent(1), patch.extent(2)),
            1,
            Seed.of(1).stream("ranks"))
        : pictures;
  }

  @Override
  public int features() {
    return weight.value().shape().rows();
  }

  @Override
  public Tensor decoderFilters() {
    return weight.value();
  }

  /**
   * The error of a batch.
   *
   * @param update what the samples together would add to the weights
   * @param value a single number: the error's L2 norm, summed over the samples
   */
  private record BatchError(Variable weights, Tensor update, int samples, Tensor value)
      implements Loss.Term {

    /** The updates are summed, whatever the loss is divided by. */
    @Override
    public void backward(float factor, Tape tape) {
      Tensor gradient = tape.temporary(update.shape());
      tape.backend().dense().affine(-factor * samples, update, 0, gradient);
      weights.addGradient(gradient);
    }
  }
}
