package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.Arrays;

/**
 * The Matryoshka BatchTopK sparse autoencoder (Bussmann et al. 2025): units in nested groups, each
 * of which draws the samples as well as it can without the units after it. So the first units learn
 * what is most general, and later ones do not split it up.
 *
 * <pre>{@code
 * z = relu(topk(all of W (x - c) + b, n k));  y_p = (the first m_p units of z) D + c
 * loss = (mean over p of |x - y_p|^2 + aux-weight |e - e'|^2) / variance;  m_p = units / 2^(prefixes - p), p = 1..prefixes
 * }</pre>
 *
 * <p>Each winner is drawn once: a prefix adds its last group's units to the prefix before it. All
 * else, the representation too, is as in {@link BatchTopKSae}; {@code e} is the error of all units.
 */
public final class MatryoshkaSae extends BatchWinnerSae {
  static final String FAMILY = "matryoshka";
  static final Setting<Integer> PREFIXES =
      Setting.integer(
          "prefixes", 5, 1, 20, "groups of units that draw alone, each twice as many as before");
  static final Setting<Double> PREFIX_WEIGHT =
      Setting.real(
          "prefix-weight", 0, 0, 1e6, "weight of each prefix's error; 0: one over their number");
  static final SettingsSpec SETTINGS =
      COMMON.plus(SettingsSpec.of(K, PREFIXES, PREFIX_WEIGHT)).plus(AuxiliaryLoss.SETTINGS);

  private final int[] ends;
  private final double prefixWeight;

  MatryoshkaSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.get(HIDDEN);
    int[] sizes = ends(units, settings.get(PREFIXES));
    settings.requireAtMost(
        PREFIXES, sizes.length, "%,d latents make %d nested groups".formatted(units, sizes.length));
    super(FAMILY, settings, sample, backend, seed);
    ends = sizes;
    double weight = settings.get(PREFIX_WEIGHT);
    prefixWeight = weight == 0 ? 1.0 / ends.length : weight;
  }

  /** The sizes of the prefixes, ascending, rounded up; fewer where there are not so many units. */
  static int[] ends(int units, int prefixes) {
    int[] ends = new int[prefixes];
    Arrays.setAll(ends, p -> Math.ceilDiv(units, 1 << (prefixes - 1 - p)));
    return Arrays.stream(ends).distinct().toArray();
  }

  @Override
  Drawing draw(Tape tape, Variable x, Variable centred, Winners winners, WinnerList listed) {
    Variable drawn = null;
    Loss error = null;
    Loss sum = null;
    int from = 0;
    for (int end : ends) {
      int to = from;
      while (to < listed.count() && listed.units()[to] < end) {
        to++;
      }
      Code.Sparse group = group(tape, centred, listed, from, to);
      drawn =
          drawn == null ? decode(tape, group) : tape.add(drawn, tape.decode(group, decoder(tape)));
      error = tape.squaredError(drawn, x);
      sum = sum == null ? error : sum.plus(error);
      from = to;
    }
    Code.Sparse all = new Code.Sparse(winners, tape.constant(winners.values()));
    return new Drawing(all, drawn, error, sum.times(prefixWeight));
  }

  /** The code of some winners: units ascend in their list. */
  private Code.Sparse group(Tape tape, Variable centred, WinnerList all, int from, int to) {
    Winners group = tape.temporaryWinners(codeShape(centred), rule(centred.shape().rows()));
    WinnerList listed =
        new WinnerList(
            Arrays.copyOfRange(all.samples(), from, to),
            Arrays.copyOfRange(all.units(), from, to),
            Arrays.copyOfRange(all.positions(), from, to),
            Arrays.copyOfRange(all.values(), from, to));
    backend().memory().upload(listed, group);
    return code(tape, group, centred);
  }

  /** Makes {@link MatryoshkaSae} from a configuration. */
  public static final class Family extends SaeFamily {
    public Family() {
      super(
          FAMILY,
          "Matryoshka BatchTopK sparse autoencoder: nested groups of units draw alone (Bussmann"
              + " et al. 2025)",
          SETTINGS,
          TRAINING,
          MatryoshkaSae::new);
    }
  }
}
