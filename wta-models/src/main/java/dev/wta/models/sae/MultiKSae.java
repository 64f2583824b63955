package dev.wta.models.sae;

import dev.wta.api.WtaException;
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
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The Multi-TopK sparse autoencoder (Gao et al. 2024): a TopK autoencoder that is trained to
 * reconstruct with several k at once, so that it does not fail with a k that it was not trained
 * for.
 *
 * <pre>{@code
 * z_k = relu(topk(W (x - c) + b, k));  y_k = z_k D + c
 * loss = (sum over i of weight_i |x - y_(k_i)|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>Samples are encoded once, by the largest k; a smaller one takes the largest of these winners,
 * and each winner is decoded once. The representation is z of the first k, which is the smallest;
 * so are {@code e} and what is logged. All else is as in {@link TopKSae}.
 */
public final class MultiKSae extends SparseAutoencoder {
  private static final String NAME = "multi-k";

  /** Of {@link MultiKSae}. */
  public record Settings(
      SaeSettings sae,
      @Setting(
              help =
                  "activations that each sample keeps, ascending, one number per reconstruction;"
                      + " the first is that of the features",
              min = 1,
              max = 1 << 20)
          List<Integer> ks,
      @Setting(help = "weight of each reconstruction's error", as = Weights.class)
          List<Double> kWeights,
      AuxiliaryLoss auxiliary)
      implements AuxiliaryLoss.Within<Settings>, ModelSettings<Settings, MultiKSae> {
    public static final Settings DEFAULTS =
        new Settings(
            SaeSettings.DEFAULTS, List.of(32, 128), List.of(1.0, 0.125), AuxiliaryLoss.DEFAULTS);

    public Settings {
      ks = List.copyOf(ks);
      kWeights = List.copyOf(kWeights);
    }

    /**
     * The numbers of winners, ascending, and the weight of each one's error.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Settings ks(List<Integer> kept, List<Double> weights) {
      return with("ks", kept).with("k-weights", weights);
    }

    @Override
    public MultiKSae on(Shape sample, Backend backend, Seed seed) {
      return new MultiKSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }

    private void requireSuitable() {
      boolean ascending = IntStream.range(1, ks.size()).allMatch(i -> ks.get(i) > ks.get(i - 1));
      if (!ascending || ks.size() != kWeights.size()) {
        throw new WtaException(
            "'ks' is %s and 'k-weights' is %s".formatted(ks, kWeights),
            "give ks in ascending order, and a weight for each");
      }
      if (ks.getLast() > sae.hidden()) {
        throw new WtaException(
            "'ks' is %s, and the model has %,d latents".formatted(ks, sae.hidden()),
            "set ks to at most %d".formatted(sae.hidden()));
      }
    }
  }

  /** How settings write weights: a list of numbers. */
  static final class Weights extends SettingType {
    private static final String TYPE = "numbers from 0 to 1000000";
    private static final double MOST = 1e6;

    Weights() {
      super(
          TYPE,
          List.class,
          given -> words(given).stream().map(Weights::weight).toList(),
          weights -> weights);
    }

    private static double weight(String word) {
      try {
        double weight = Double.parseDouble(word);
        if (weight >= 0 && weight <= MOST) {
          return weight;
        }
      } catch (NumberFormatException noNumber) {
        throw new IllegalArgumentException("%s, not '%s'".formatted(TYPE, word), noNumber);
      }
      throw new IllegalArgumentException("%s, not '%s'".formatted(TYPE, word));
    }
  }

  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "Multi-TopK sparse autoencoder: trained with several k in one loss (Gao et al. 2024)",
          Settings.DEFAULTS,
          TopKSae.TRAINING,
          MultiKSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(NAME, Settings.DEFAULTS, TopKSae.TRAINING, MultiKSae::new);

  private final Settings settings;

  MultiKSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    settings.requireSuitable();
    settings.requireLatents("k-aux");
    super(design, sample, backend, seed);
    this.settings = settings;
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    return settings.auxiliary().step(this, tape, batch, mostWinners(), this::nested);
  }

  private SelectionRule mostWinners() {
    return new SelectionRule.PerSample(settings.ks().getLast());
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return winners(tape, centred, new SelectionRule.PerSample(settings.ks().getFirst()));
  }

  /** The reconstructions by each k. */
  private Reconstruction nested(Tape tape, SaeBatch batch, Variable centred, Winners winners) {
    Reconstruction first = null;
    Variable output = null;
    Loss sum = null;
    int from = 0;
    for (int i = 0; i < settings.ks().size(); i++) {
      int to = settings.ks().get(i);
      Winners among = tape.temporaryWinners(winners.code(), mostWinners());
      backend().memory().sliceRanks(winners, from, to, among);
      Code.Sparse group = code(tape, centred, among);
      output =
          output == null
              ? decode(tape, group)
              : Arithmetic.add(tape, output, Layers.decode(tape, group, decoder(tape)));
      Loss error = SquaredError.of(tape, output, batch.decoded());
      Loss weighted = error.times(settings.kWeights().get(i));
      sum = sum == null ? weighted : sum.plus(weighted);
      first = first == null ? new Reconstruction(group, output, error, error) : first;
      from = to;
    }
    return new Reconstruction(first.code(), first.output(), first.error(), sum);
  }

  /** Winners alone are held. */
  @Override
  public long activations() {
    return features();
  }
}
