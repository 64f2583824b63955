package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Locale;

/**
 * The loss that revives dead latents (Gao et al. 2024, AuxK): the {@code k} largest activations
 * among them reconstruct the error that the winners leave.
 *
 * <pre>{@code
 * e = x - y, held fixed;  e' = (the k largest of the dead latents' W (x - c) + b) D
 * loss = weight * scale * |e - e'|^2
 * }</pre>
 *
 * @param k latents of a sample that take part
 * @param weight of the loss; 0 for none
 * @param signed whether activations that are negative take part, so that a latent which is negative
 *     for every sample can return
 * @param scale what the loss is multiplied by
 * @param before whether a latent that this batch makes active still counts as dead in it
 */
record AuxiliaryLoss(int k, double weight, boolean signed, Scale scale, boolean before) {

  /** What the auxiliary loss is multiplied by. */
  enum Scale {
    /** What the reconstruction's error is. */
    RECONSTRUCTION,
    /** The same, times {@code min(dead / k, 1)}. */
    DEAD,
    /** One over the variance of the error that is to be reconstructed. */
    RESIDUAL;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Setting<Integer> K =
      Setting.integer(
          "k-aux",
          0,
          0,
          1 << 20,
          "dead latents that reconstruct a sample's error; 0: half its inputs");
  static final Setting<Double> WEIGHT =
      Setting.real(
          "aux-weight", 1, 0, 1e6, "weight of the loss that revives dead latents; 0: none");
  static final Setting<Boolean> SIGNED =
      Setting.flag(
          "aux-signed",
          true,
          "whether dead latents take part in that loss with negative activations, too");
  static final Setting<String> SCALE =
      Setting.choice(
          "aux-scale",
          Scale.DEAD.text(),
          List.of(Scale.RECONSTRUCTION.text(), Scale.DEAD.text(), Scale.RESIDUAL.text()),
          "what that loss is multiplied by: what the reconstruction's error is, the same times"
              + " min(dead / k-aux, 1), or one over the residual's variance");
  static final String BEFORE = "before";
  static final Setting<String> DEAD_COUNTED =
      Setting.choice(
          "dead-counted",
          "after",
          List.of(BEFORE, "after"),
          "whether a batch's own activity is counted before or after its dead latents are found:"
              + " after lets a latent that is active in the batch be alive in it");
  static final SettingsSpec SETTINGS = SettingsSpec.of(K, WEIGHT, SIGNED, SCALE, DEAD_COUNTED);

  static AuxiliaryLoss of(Settings settings, Shape sample) {
    int half = Math.toIntExact(Math.max(1, sample.size() / 2));
    return new AuxiliaryLoss(
        settings.get(K) == 0 ? half : settings.get(K),
        settings.get(WEIGHT),
        settings.get(SIGNED),
        Scale.valueOf(settings.get(SCALE).toUpperCase(Locale.ROOT)),
        settings.get(DEAD_COUNTED).equals(BEFORE));
  }

  /**
   * The dead latents that take part.
   *
   * @param activations {@code W (x - c) + b}, by whose size latents are chosen, {@code (samples,
   *     units)}
   * @param dead 1 for each dead unit, else 0, {@code (units)}
   */
  Winners chosen(Tape tape, Tensor activations, Tensor dead) {
    Dense dense = tape.backend().dense();
    Tensor candidates = tape.temporary(activations.shape());
    dense.zipRow(Dense.Binary.MULTIPLY, activations, dead, candidates);
    if (signed) {
      makePositive(tape, candidates);
      dense.zipRow(Dense.Binary.MULTIPLY, candidates, dead, candidates);
    }
    SelectionRule rule = new SelectionRule.PerRow(k);
    Winners winners = tape.temporaryWinners(activations.shape(), rule);
    tape.backend().competition().select(candidates, rule, winners);
    return winners;
  }

  /** Shifts each row, since what is not positive cannot win: their order stays. */
  private static void makePositive(Tape tape, Tensor rows) {
    Dense dense = tape.backend().dense();
    Tensor negated = tape.temporary(rows.shape());
    Tensor shift = tape.temporary(Shape.of(rows.shape().rows()));
    dense.affine(-1, rows, 0, negated);
    dense.reduceRows(Dense.Reduction.MAXIMUM, negated, shift);
    dense.map(Dense.Unary.RELU, shift, shift);
    dense.affine(2, shift, Float.MIN_NORMAL, shift);
    dense.zipColumn(Dense.Binary.ADD, rows, shift, rows);
  }

  /**
   * What {@code |e - e'|^2} is multiplied by.
   *
   * @param residual {@code e (samples, inputs)}
   * @param dead how many latents are dead
   * @param variance what the reconstruction's error is divided by
   */
  double factor(Tape tape, Tensor residual, double dead, double variance) {
    return weight
        * switch (scale) {
          case RECONSTRUCTION -> 1 / variance;
          case DEAD -> Math.min(dead / k, 1) / variance;
          case RESIDUAL -> overVariance(tape, residual);
        };
  }

  /** One over {@code mean |e - mean of e|^2}; 0 where nothing is left to reconstruct. */
  private static double overVariance(Tape tape, Tensor residual) {
    Dense dense = tape.backend().dense();
    int samples = residual.shape().rows();
    Tensor sums = tape.temporary(Shape.of(residual.shape().rowSize()));
    dense.reduceColumns(Dense.Reduction.SUM, residual, sums);
    double squares = dense.dot(residual, residual) - dense.dot(sums, sums) / samples;
    return squares > 0 ? samples / squares : 0;
  }
}
