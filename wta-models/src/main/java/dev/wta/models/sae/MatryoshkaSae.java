package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Winners;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.BatchTopK;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import java.util.Arrays;

/**
 * The Matryoshka BatchTopK sparse autoencoder (Bussmann et al. 2025): latents in nested groups,
 * each prefix of which is trained to reconstruct the samples by itself. So the first latents learn
 * what is most general, and later ones do not split it up.
 *
 * <pre>{@code
 * z = relu(topk(all of W (x - c) + b, n k));  y_p = (the first m_p latents of z) D + c
 * loss = (mean over p of |x - y_p|^2 + aux-weight |e - e'|^2) / variance;  m_p = latents / 2^(prefixes - p), p = 1..prefixes
 * }</pre>
 *
 * <p>Each winner is decoded once: a prefix adds its last group's latents to the prefix before it.
 * All else, the representation too, is as in {@link BatchTopKSae}; {@code e} is the error of all
 * latents.
 */
public final class MatryoshkaSae extends SparseAutoencoder {
  private static final String NAME = "matryoshka";

  /** Of {@link MatryoshkaSae}. */
  public record Settings(
      SaeSettings sae,
      @Setting(help = TopKSae.K_HELP, min = 1, max = 1 << 20) int k,
      @Setting(
              help =
                  "number of nested prefixes of latents that reconstruct by themselves, each twice"
                      + " as long as the one before",
              min = 1,
              max = 20)
          int prefixes,
      @Setting(help = "weight of each prefix's error; 0: 1 / prefixes", min = 0, max = 1e6)
          double prefixWeight,
      AuxiliaryLoss auxiliary)
      implements AuxiliaryLoss.Within<Settings>, ModelSettings<Settings, MatryoshkaSae> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, 32, 5, 0, AuxiliaryLoss.DEFAULTS);

    public Settings k(int kept) {
      return with("k", kept);
    }

    public Settings prefixes(int groups) {
      return with("prefixes", groups);
    }

    public Settings prefixWeight(double weight) {
      return with("prefix-weight", weight);
    }

    @Override
    public MatryoshkaSae on(Shape sample, Backend backend, Seed seed) {
      return new MatryoshkaSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "Matryoshka BatchTopK sparse autoencoder: nested groups of latents reconstruct alone"
              + " (Bussmann et al. 2025)",
          Settings.DEFAULTS,
          TopKSae.TRAINING,
          MatryoshkaSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(NAME, Settings.DEFAULTS, TopKSae.TRAINING, MatryoshkaSae::new);

  private final Settings settings;
  private final RunningThreshold threshold;
  private final int[] ends;
  private final double prefixWeight;

  MatryoshkaSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    int latents = settings.sae().hidden();
    int[] sizes = ends(latents, settings.prefixes());
    settings.requireAtMost(
        "prefixes",
        sizes.length,
        "%,d latents make %d nested groups".formatted(latents, sizes.length));
    settings.requireLatents("k");
    settings.requireLatents("k-aux");
    super(design, sample, backend, seed);
    this.settings = settings;
    threshold = runningThreshold();
    ends = sizes;
    prefixWeight = settings.prefixWeight() == 0 ? 1.0 / ends.length : settings.prefixWeight();
  }

  /**
   * The sizes of the prefixes, ascending, rounded up; fewer where there are not so many latents.
   */
  static int[] ends(int units, int prefixes) {
    int[] ends = new int[prefixes];
    Arrays.setAll(ends, p -> Math.ceilDiv(units, 1 << (prefixes - 1 - p)));
    return Arrays.stream(ends).distinct().toArray();
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    return settings.auxiliary().step(this, tape, batch, rule(batch.x()), this::nested);
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return winners(tape, centred, threshold.rule(tape, features()));
  }

  private SelectionRule rule(Variable x) {
    return new BatchTopK(settings.k()).rule(codeShape(x)).orElseThrow();
  }

  /** The reconstructions by each prefix. */
  private Reconstruction nested(Tape tape, SaeBatch batch, Variable centred, Winners winners) {
    threshold.follow(tape, winners);
    Variable output = null;
    Loss error = null;
    Loss sum = null;
    int from = 0;
    for (int end : ends) {
      Winners among = tape.temporaryWinners(winners.code(), rule(centred));
      backend().memory().sliceUnits(winners, from, end, among);
      Code.Sparse group = code(tape, centred, among);
      output =
          output == null
              ? decode(tape, group)
              : Arithmetic.add(tape, output, Layers.decode(tape, group, decoder(tape)));
      error = SquaredError.of(tape, output, batch.decoded());
      sum = sum == null ? error : sum.plus(error);
      from = end;
    }
    Code.Sparse all = new Code.Sparse(winners, tape.constant(winners.values()));
    return new Reconstruction(all, output, error, sum.times(prefixWeight));
  }
}
