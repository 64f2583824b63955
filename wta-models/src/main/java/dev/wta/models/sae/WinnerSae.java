package dev.wta.models.sae;

import dev.wta.api.Backend;
import dev.wta.api.Competition;
import dev.wta.api.Dense;
import dev.wta.api.Epilogue;
import dev.wta.api.Rule;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.Winners;
import dev.wta.models.StepOutput;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.tape.Code;
import dev.wta.models.tape.Loss;
import dev.wta.models.tape.Tape;
import dev.wta.models.tape.Variable;
import java.util.Map;
import java.util.Optional;

/**
 * A sparse autoencoder whose code is so many winners, with the loss that revives dead units (Gao et
 * al. 2024): what the reconstruction misses is drawn by the largest activations among the dead
 * units.
 *
 * <pre>{@code
 * z = winners(W (x - c) + b);  y = z D + c;  e = x - y, held fixed;  e' = topk-aux(dead units of W (x - c) + b) D
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>While no unit is dead, losers are not stored. From the step after the first one died, a
 * batch's dense code is held, for two competitions to choose from, and encoding remains one
 * product.
 */
abstract class WinnerSae extends Sae {
  static final Setting<Integer> K =
      Setting.integer("k", 32, 1, 1 << 20, "activations that a sample keeps, at most all");
  static final Setting<Integer> K_AUX =
      Setting.integer(
          "k-aux", 0, 0, 1 << 20, "dead units that draw a sample's error; 0: half its inputs");
  static final Setting<Double> AUX_WEIGHT =
      Setting.real(
          "aux-weight", 1.0 / 32, 0, 1e6, "weight of the loss that revives dead units; 0: none");

  private final int k;
  private final int kAux;
  private final double auxWeight;

  WinnerSae(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.get(HIDDEN);
    String latents = "the model has %,d latents".formatted(units);
    settings.requireAtMost(K, units, latents);
    settings.requireAtMost(K_AUX, units, latents);
    super(family, settings, sample, backend, seed);
    k = settings.get(K);
    int half = Math.toIntExact(Math.max(1, sample.size() / 2));
    kAux = settings.get(K_AUX) == 0 ? half : settings.get(K_AUX);
    auxWeight = settings.get(AUX_WEIGHT);
  }

  /** The activations that a sample keeps, or keeps on average. */
  final int k() {
    return k;
  }

  /** Which activations of a batch win in training. */
  abstract Rule rule(int samples);

  /**
   * What a training step draws.
   *
   * @param code the winners
   * @param reconstruction of all winners
   * @param error its squared error
   * @param loss to be minimised, before it is divided by the variance
   */
  record Drawing(Code.Sparse code, Variable reconstruction, Loss error, Loss loss) {}

  /** Draws the batch from its winners. */
  Drawing draw(Tape tape, Variable x, Variable centred, Winners winners) {
    Code.Sparse code = tape.encoded(winners, centred, encoder(tape), encoderBias(tape));
    Variable reconstruction = decode(tape, code);
    Loss error = tape.squaredError(reconstruction, x);
    return new Drawing(code, reconstruction, error, error);
  }

  @Override
  protected final StepOutput step(Tape tape, Variable x) {
    Competition competition = backend().competition();
    Variable centred = centred(tape, x);
    Rule rule = rule(x.shape().rows());
    Winners winners = tape.temporaryWinners(codeShape(x), rule);
    Optional<Tensor> activations =
        auxWeight > 0 && silence().share(tape) > 0
            ? Optional.of(activations(tape, centred))
            : Optional.empty();
    activations.ifPresentOrElse(
        dense -> competition.select(dense, rule, winners),
        () ->
            competition.encodeWinners(
                centred.value(), encoder(tape).value(), encoderBias(tape).value(), rule, winners));
    Drawing drawing = draw(tape, x, centred, winners);
    StepOutput output =
        measured(tape, x, drawing.loss.times(1 / variance()), drawing.error, drawing.code);
    if (activations.isEmpty()) {
      return output;
    }
    Loss revival = revival(tape, x, centred, activations.get(), drawing.reconstruction);
    return new StepOutput(
        output.loss().plus(revival.times(auxWeight / variance())),
        output.winners(),
        output.metrics());
  }

  /** {@code relu(W (x - c) + b)}, {@code (samples, units)}. */
  private Tensor activations(Tape tape, Variable centred) {
    Tensor activations = tape.temporary(codeShape(centred));
    Epilogue epilogue = Epilogue.biasRelu(encoderBias(tape).value());
    Tensor weights = encoder(tape).value();
    backend().dense().gemm(centred.value(), false, weights, true, 1, 0, epilogue, activations);
    return activations;
  }

  /** {@code |e - e'|^2}: overwrites the activations. */
  private Loss revival(
      Tape tape, Variable x, Variable centred, Tensor activations, Variable reconstruction) {
    Dense dense = backend().dense();
    Tensor missed = tape.temporary(x.shape());
    dense.zip(Dense.Binary.SUBTRACT, x.value(), reconstruction.value(), missed);
    dense.zipRow(Dense.Binary.MULTIPLY, activations, silence().dead(tape), activations);
    Rule rule = new Rule.PerRow(kAux);
    Winners winners = tape.temporaryWinners(activations.shape(), rule);
    backend().competition().select(activations, rule, winners);
    Code.Sparse code = tape.encoded(winners, centred, encoder(tape), encoderBias(tape));
    return tape.squaredError(tape.decode(code, decoder(tape)), tape.constant(missed));
  }

  /** The authors' constants of Adam, and a rate that suits the few steps of small data sets. */
  static final Map<String, Object> TRAINING = Map.of("rate", 1e-3, "epsilon", 6.25e-10);
}
