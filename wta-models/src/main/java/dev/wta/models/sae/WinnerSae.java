package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import java.util.Map;
import java.util.Optional;

/**
 * A sparse autoencoder whose code is so many winners, with the loss that revives dead units, see
 * {@link AuxiliaryLoss}.
 *
 * <pre>{@code
 * z = winners(W (x - c) + b);  y = z D + c;  e = x - y, held fixed;  e' = topk-aux(dead units of W (x - c) + b) D
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>Where rows of D have lengths of their own, units compete by {@code (W (x - c) + b) |D|}.
 *
 * <p>While no unit is dead, losers are not stored. From the step after the first one died, a
 * batch's dense code is held, for two competitions to choose from, and encoding remains one
 * product.
 */
abstract class WinnerSae extends SparseAutoencoder {
  static final Setting<Integer> K =
      Setting.integer("k", 32, 1, 1 << 20, "activations that a sample keeps, at most all");

  private final int k;
  private final AuxiliaryLoss auxiliary;

  WinnerSae(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.get(HIDDEN);
    String latents = "the model has %,d latents".formatted(units);
    settings.requireAtMost(K, units, latents);
    settings.requireAtMost(AuxiliaryLoss.K, units, latents);
    super(family, settings, sample, backend, seed);
    k = settings.get(K);
    auxiliary = AuxiliaryLoss.of(settings, sample);
  }

  /** The activations that a sample keeps, or keeps on average. */
  final int k() {
    return k;
  }

  /** Which activations of a batch win in training. */
  abstract SelectionRule rule(int samples);

  /**
   * What a training step draws.
   *
   * @param code the winners
   * @param reconstruction of all winners
   * @param error its squared error
   * @param loss to be minimised, before it is divided by the variance
   */
  record Drawing(Code.Sparse code, Variable reconstruction, Loss error, Loss loss) {}

  /**
   * Draws the batch from its winners.
   *
   * @param winners by what units compete by
   */
  Drawing draw(Tape tape, Variable x, Variable centred, Winners winners) {
    Code.Sparse code = code(tape, winners, centred);
    Variable reconstruction = decode(tape, code);
    Loss error = tape.squaredError(reconstruction, x);
    return new Drawing(code, reconstruction, error, error);
  }

  @Override
  protected final StepOutput step(Tape tape, Variable x) {
    Variable centred = centred(tape, x);
    SelectionRule rule = rule(x.shape().rows());
    if (auxiliary.weight() == 0 || silence().share(tape) == 0) {
      return measured(tape, x, draw(tape, x, centred, winners(tape, centred, rule)));
    }
    Tensor deadBefore = silence().dead(tape);
    Tensor activations = activations(tape, centred);
    Tensor compared = compared(tape, activations);
    Winners winners = tape.temporaryWinners(codeShape(x), rule);
    backend().competition().select(compared, rule, winners);
    Drawing drawing = draw(tape, x, centred, winners);
    StepOutput output = measured(tape, x, drawing);
    Tensor dead = auxiliary.before() ? deadBefore : silence().dead(tape);
    Winners chosen = auxiliary.chosen(tape, compared, dead);
    Tensor values = tape.temporary(chosen.values().shape());
    backend().sparse().gather(chosen, activations, values);
    Code.Sparse revived = tape.encoded(chosen, values, centred, encoder(tape), encoderBias(tape));
    Tensor residual = tape.temporary(x.shape());
    backend()
        .dense()
        .zip(Dense.Binary.SUBTRACT, x.value(), drawing.reconstruction.value(), residual);
    double count = backend().dense().sum(dead);
    Loss revival =
        tape.squaredError(tape.decode(revived, decoder(tape)), tape.constant(residual))
            .times(auxiliary.factor(tape, residual, count, variance()));
    return new StepOutput(output.loss().plus(revival), output.winners(), output.metrics());
  }

  private StepOutput measured(Tape tape, Variable x, Drawing drawing) {
    return measured(tape, x, drawing.loss.times(1 / variance()), drawing.error, drawing.code);
  }

  /** The winners of a batch, by what units compete by, without the dense code being stored. */
  final Winners winners(Tape tape, Variable centred, SelectionRule rule) {
    Selection competition = backend().competition();
    Winners winners = tape.temporaryWinners(codeShape(centred), rule);
    Tensor weights = encoder(tape).value();
    Tensor bias = encoderBias(tape).value();
    if (weighsLengths()) {
      Tensor lengths = rowLengths(tape);
      Tensor scaledWeights = tape.temporary(weights.shape());
      Tensor scaledBias = tape.temporary(bias.shape());
      backend().dense().zipColumn(Dense.Binary.MULTIPLY, weights, lengths, scaledWeights);
      backend().dense().zip(Dense.Binary.MULTIPLY, bias, lengths, scaledBias);
      competition.encodeWinners(
          centred.value(), scaledWeights, Optional.empty(), scaledBias, rule, winners);
    } else {
      competition.encodeWinners(centred.value(), weights, Optional.empty(), bias, rule, winners);
    }
    return winners;
  }

  /** The code of winners by what units compete by. */
  final Code.Sparse code(Tape tape, Winners winners, Variable centred) {
    Tensor values = winners.values();
    if (weighsLengths()) {
      values = tape.temporary(values.shape());
      Tensor lengths = PerWinner.of(tape, winners, rowLengths(tape));
      backend().dense().zip(Dense.Binary.DIVIDE, winners.values(), lengths, values);
    }
    return tape.encoded(winners, values, centred, encoder(tape), encoderBias(tape));
  }

  /** What units compete by: activations, times their rows' lengths where these are free. */
  private Tensor compared(Tape tape, Tensor activations) {
    if (!weighsLengths()) {
      return activations;
    }
    Tensor compared = tape.temporary(activations.shape());
    backend().dense().zipRow(Dense.Binary.MULTIPLY, activations, rowLengths(tape), compared);
    return compared;
  }

  /** {@code W (x - c) + b}, {@code (samples, units)}. */
  private Tensor activations(Tape tape, Variable centred) {
    Tensor activations = tape.temporary(codeShape(centred));
    Epilogue epilogue = Epilogue.bias(encoderBias(tape).value());
    Tensor weights = encoder(tape).value();
    backend().dense().gemm(centred.value(), false, weights, true, 1, 0, epilogue, activations);
    return activations;
  }

  /** The authors' constants of Adam, and a rate that suits the few steps of small data sets. */
  static final Map<String, Object> TRAINING = Map.of("rate", 1e-3, "epsilon", 6.25e-10);
}
