package dev.wta.models.rbm;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Decoded;
import dev.wta.models.InputRange;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.Competitions;
import dev.wta.models.competition.Lifetime;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.layer.SelectWinners;
import dev.wta.models.loss.Energy;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The winner-take-all restricted Boltzmann machine (Makhzani and Frey 2015): binary hidden units
 * over inputs in [0, 1], trained by contrastive divergence, whose positive phase keeps each unit's
 * largest probabilities over the mini-batch. Without a competition it is the plain one.
 *
 * <pre>{@code
 * E(v, h) = -c v - h (W v + b);  P(h|v) = sigmoid(W v + b);  P(v|h) = sigmoid(W' h + c)
 * q = competition(P(h|v));  h ~ q;  repeat: v' ~ P(v|h), h ~ P(h|v')
 * loss = E(v, q) - E(v', P(h|v')), averaged over the batch, the states held fixed: its gradient is contrastive divergence's
 * }</pre>
 *
 * <p>The first {@code plain-steps} have no competition. What a unit loses is missing in the
 * positive phase alone, so a unit whose probabilities are much alike for all samples, as all are at
 * first, learns from it to be off and never comes on again: what wins is the same share of little.
 * Once units distinguish samples, their losers are near 0 anyway. The inputs' biases begin at what
 * reconstructs the samples' mean (Hinton 2012, section 8).
 *
 * <p>The chain starts from the data's {@code h} (CD-k), or, with {@code chains}, from where it
 * stood after the last step (persistent contrastive divergence, Tieleman 2008): those states are
 * part of the checkpoint, so that a resumed run continues the same chains.
 *
 * <p>Parameters: {@code weight (units, inputs)}, {@code hidden.bias (units)}, {@code visible.bias
 * (inputs)}, and {@code chains (chains, inputs)} where they persist. The representation is P(h|v).
 * Logged beside the loss, which is not informative: the squared error of a reconstruction from
 * {@code q}, and the data's free energy, {@code F(v) = -c v - sum of log(1 + exp(W v + b))}.
 */
public final class WtaRbm extends Model {
  private static final String NAME = "wta-rbm";

  /** What the chain's inputs are. */
  public enum Visible {
    MEAN,
    SAMPLED
  }

  /** Of {@link WtaRbm}. */
  public record Settings(
      @Setting(help = "hidden units", min = 1, max = 1 << 20, shapesParameters = true) int hidden,
      @Setting(
              help =
                  "competition: which probabilities of the positive phase are kept; none: a plain"
                      + " RBM",
              as = Competitions.Text.class,
              type = "a competition such as lifetime(0.3), topk(32) or none",
              shorthand = "lifetime",
              shorthandFor = "lifetime(%s)")
          Competition competition,
      @Setting(
              help =
                  "steps of a plain RBM before the competition begins, without which many units"
                      + " die",
              min = 0,
              max = Integer.MAX_VALUE)
          int plainSteps,
      @Setting(help = "steps of the negative phase: the k of CD-k", min = 1, max = 10_000)
          int gibbsSteps,
      @Setting(
              help = "persistent chains (PCD); 0: chains start at the data (CD-k)",
              min = 0,
              max = 1 << 20,
              shapesParameters = true)
          int chains,
      @Setting(help = "whether the chain's inputs are probabilities or binary samples")
          Visible visible,
      @Setting(
              help =
                  "standard deviation of the initial weights; hidden biases start at 0, input"
                      + " biases at values that reconstruct the samples' mean",
              above = 0,
              max = 10,
              shapesParameters = true)
          double init)
      implements ModelSettings<Settings, WtaRbm> {
    public static final Settings DEFAULTS =
        new Settings(1000, new Lifetime(0.3), 2000, 1, 0, Visible.MEAN, 0.01);

    public Settings hidden(int units) {
      return with("hidden", units);
    }

    public Settings competition(Competition competition) {
      return with("competition", competition);
    }

    /** Lifetime sparsity: each unit keeps this share of its probabilities over the mini-batch. */
    public Settings lifetime(double rate) {
      return competition(new Lifetime(rate));
    }

    public Settings plainSteps(int steps) {
      return with("plain-steps", steps);
    }

    public Settings gibbsSteps(int steps) {
      return with("gibbs-steps", steps);
    }

    public Settings chains(int chains) {
      return with("chains", chains);
    }

    public Settings visible(Visible visible) {
      return with("visible", visible);
    }

    /** The standard deviation of the first weights. */
    public Settings init(double deviation) {
      return with("init", deviation);
    }

    @Override
    public WtaRbm on(Shape sample, Backend backend, Seed seed) {
      return new WtaRbm(this, sample, backend, seed);
    }
  }

  /**
   * The training was chosen on held-out training images of MNIST, see
   * docs/results/mnist-relatives.md. Without the warm-up, all units first learn to be off, and at
   * this rate many stay so.
   */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "winner-take-all restricted Boltzmann machine (Makhzani and Frey 2015); a plain one"
                  + " by competition=none",
              Settings.DEFAULTS,
              WtaRbm::new)
          .training(
              Map.of(
                  "optimizer",
                  "sgd",
                  "rate",
                  0.1,
                  "momentum",
                  0.9,
                  "decay",
                  2e-4,
                  "schedule",
                  "linear",
                  "warmup",
                  1000,
                  "epochs",
                  30));

  /** An input that is always off, or on, in the samples looked at may yet be otherwise. */
  private static final double LEAST_MEAN = 0.01;

  /** Of more samples, so many at equal distances give the mean well enough. */
  private static final int MOST_FOR_MEAN = 10_000;

  private final Settings settings;
  private final Competition competition;
  private final Parameter weight;
  private final Parameter hiddenBias;
  private final Parameter visibleBias;
  private final Optional<Parameter> chains;
  private final InputRange range = new InputRange(NAME);

  WtaRbm(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, backend, seed);
    this.settings = settings;
    competition = settings.competition();
    int units = settings.hidden();
    competition.rule(Shape.of(1, units)); // one that does not fit says so at once
    int inputs = Math.toIntExact(sample.size());
    weight = weight("weight", Shape.of(units, inputs), settings.init());
    hiddenBias = bias("hidden.bias", units);
    visibleBias = bias("visible.bias", inputs);
    int persistent = settings.chains();
    chains =
        persistent == 0
            ? Optional.empty()
            : Optional.of(state("chains", Shape.of(persistent, inputs)));
    chains.ifPresent(
        state -> {
          backend.memory().fill(state.value(), 0.5f);
          backend.randomness().bernoulli(seed.stream("init/chains"), state.value(), state.value());
        });
  }

  /** Sets the inputs' biases to what reconstructs the samples' mean. */
  @Override
  protected void beginAt(Dataset samples, Preprocessing fitted) {
    int seen = Math.min(samples.size(), MOST_FOR_MEAN);
    float[] sample = new float[Math.toIntExact(visibleBias.value().shape().size())];
    double[] sums = new double[sample.length];
    for (int i = 0; i < seen; i++) {
      samples.read((int) ((long) i * samples.size() / seen), 1, sample, 0);
      fitted.apply(sample, 1, sampleShape());
      for (int j = 0; j < sums.length; j++) {
        sums[j] += sample[j];
      }
    }
    float[] bias = new float[sums.length];
    for (int j = 0; j < bias.length; j++) {
      double mean = Math.clamp(sums[j] / seen, LEAST_MEAN, 1 - LEAST_MEAN);
      bias[j] = (float) StrictMath.log(mean / (1 - mean));
    }
    backend().memory().upload(bias, 0, visibleBias.value());
  }

  /** The hidden units' probabilities given some inputs, and what they are the sigmoid of. */
  private record Hidden(Tensor drive, Tensor probabilities) {}

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    range.require(backend(), x.value());
    Hidden data = hidden(tape, x.value());
    Optional<Code.Sparse> winners =
        tape.step() < settings.plainSteps() ? Optional.empty() : compete(tape, data);
    Tensor survivors = winners.map(code -> scattered(tape, code)).orElse(data.probabilities);
    Tensor chain = negativePhase(tape, survivors);
    Hidden end = hidden(tape, chain);
    Loss loss =
        energy(tape, x.value(), survivors, data.drive)
            .plus(energy(tape, chain, end.probabilities, end.drive).times(-1));
    StepOutput output =
        winners.map(code -> StepOutput.of(loss, code)).orElseGet(() -> StepOutput.of(loss));
    return output
        .with("freeEnergy", () -> freeEnergy(tape, x.value(), data.drive))
        .with(
            "reconstructionError",
            () -> SquaredError.of(tape, reconstruct(tape, survivors), x).value());
  }

  /** Runs the chains, and returns their last inputs, {@code (chains, inputs)}. */
  private Tensor negativePhase(Tape tape, Tensor survivors) {
    Randomness randomness = backend().randomness();
    Tensor probabilities =
        chains.map(state -> hidden(tape, state.value()).probabilities).orElse(survivors);
    Tensor visible = null;
    for (int i = 0; i < settings.gibbsSteps(); i++) {
      if (visible != null) {
        probabilities = hidden(tape, visible).probabilities;
      }
      Tensor units = tape.temporary(probabilities.shape());
      randomness.bernoulli(tape.stream("hidden " + i), probabilities, units);
      visible = reconstruct(tape, units).value();
      if (settings.visible() == Visible.SAMPLED) {
        randomness.bernoulli(tape.stream("visible " + i), visible, visible);
      }
    }
    Tensor end = visible;
    chains.ifPresent(state -> backend().memory().copy(end, state.value()));
    return end;
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return tape.constant(hidden(tape, x.value()).probabilities);
  }

  /** From the probabilities that the competition leaves. */
  @Override
  protected Decoded reconstruct(Tape tape, Variable x) {
    Hidden data = hidden(tape, x.value());
    return compete(tape, data)
        .map(code -> new Decoded(code, reconstruct(tape, scattered(tape, code))))
        .orElseGet(
            () ->
                new Decoded(
                    new Code.Dense(tape.constant(data.probabilities)),
                    reconstruct(tape, data.probabilities)));
  }

  @Override
  protected Variable decode(Tape tape, Variable code) {
    return reconstruct(tape, code.value());
  }

  /** {@code P(v|h) = sigmoid(h W + c)}. */
  private Variable reconstruct(Tape tape, Tensor hidden) {
    Dense dense = tape.backend().dense();
    Tensor visible =
        tape.temporary(Shape.of(hidden.shape().rows(), weight.value().shape().rowSize()));
    Epilogue bias = Epilogue.bias(visibleBias.value());
    dense.gemm(hidden, false, weight.value(), false, 1, 0, bias, visible);
    dense.map(Dense.Unary.SIGMOID, visible, visible);
    return tape.constant(visible);
  }

  private Hidden hidden(Tape tape, Tensor visible) {
    Dense dense = tape.backend().dense();
    Shape code = Shape.of(visible.shape().rows(), features());
    Tensor drive = tape.temporary(code);
    Tensor probabilities = tape.temporary(code);
    Epilogue bias = Epilogue.bias(hiddenBias.value());
    dense.gemm(visible, false, weight.value(), true, 1, 0, bias, drive);
    dense.map(Dense.Unary.SIGMOID, drive, probabilities);
    return new Hidden(drive, probabilities);
  }

  private Optional<Code.Sparse> compete(Tape tape, Hidden hidden) {
    Optional<SelectionRule> rule = competition.rule(hidden.probabilities.shape());
    return rule.map(chosen -> SelectWinners.run(tape, tape.constant(hidden.probabilities), chosen));
  }

  private static Tensor scattered(Tape tape, Code.Sparse winners) {
    return ScatterWinners.run(tape, winners).value();
  }

  private Loss energy(Tape tape, Tensor visible, Tensor hidden, Tensor drive) {
    return Energy.of(
        tape,
        visible,
        hidden,
        drive,
        tape.parameter(weight),
        tape.parameter(hiddenBias),
        tape.parameter(visibleBias));
  }

  /** {@code F(v)}, averaged over the samples. Waits for the device. */
  private double freeEnergy(Tape tape, Tensor visible, Tensor drive) {
    Dense dense = backend().dense();
    int samples = visible.shape().rows();
    Tensor soft = tape.temporary(drive.shape());
    dense.map(Dense.Unary.SOFTPLUS, drive, soft);
    Tensor sums = tape.temporary(visibleBias.value().shape());
    dense.reduceColumns(Dense.Reduction.SUM, visible, sums);
    return -(dense.dot(sums, visibleBias.value()) + dense.sum(soft)) / samples;
  }

  @Override
  public List<String> notes(int batch, long steps) {
    boolean competes = competition.rule(Shape.of(batch, features())).isPresent();
    if (competes && settings.plainSteps() >= steps) {
      return List.of(
          "'plain-steps' is %,d, and training has %,d steps: the competition never begins"
              .formatted(settings.plainSteps(), steps));
    }
    return competition.note(Shape.of(batch, features())).stream().toList();
  }

  @Override
  public int features() {
    return settings.hidden();
  }

  @Override
  public Tensor decoderFilters() {
    return weight.value();
  }
}
