package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.sae.op.DeadCode;
import dev.wta.models.sae.op.PerWinner;
import dev.wta.models.sae.op.RowLengths;
import java.util.Optional;

/**
 * The winners among a batch's latents, all of a model's or some: by their activations {@code W (x -
 * c) + b}, or by these times the lengths of their decoder's rows.
 *
 * @param encoder W, {@code (units, inputs)}
 * @param bias b, {@code (units)}
 * @param decoder {@code (units, outputs)}
 * @param weighsLengths whether lengths count
 */
public record LatentCompetition(
    Parameter encoder, Parameter bias, Parameter decoder, boolean weighsLengths) {

  /**
   * The winners of a batch, without the dense code being stored.
   *
   * @param centred {@code x - c (samples, inputs)}
   */
  public Winners winners(Tape tape, Variable centred, SelectionRule rule) {
    Tensor x = centred.value();
    return weighsLengths
        ? tape.scaledWinners(x, encoder.value(), lengths(tape), bias.value(), rule)
        : tape.winners(x, encoder.value(), bias.value(), rule);
  }

  /** The code of winners by what latents compete by. */
  public Code.Sparse code(Tape tape, Variable centred, Winners winners) {
    Tensor values = winners.values();
    if (weighsLengths) {
      values = tape.temporary(values.shape());
      Tensor lengths = PerWinner.of(tape, winners, lengths(tape));
      tape.backend().dense().zip(Dense.Binary.DIVIDE, winners.values(), lengths, values);
    }
    return encoded(tape, centred, winners, values);
  }

  /**
   * The code of winners whose activations are known.
   *
   * @param values their {@code W (x - c) + b}, {@code (capacity)}
   */
  public Code.Sparse encoded(Tape tape, Variable centred, Winners winners, Tensor values) {
    return Layers.encoded(
        tape, winners, values, centred, tape.parameter(encoder), tape.parameter(bias));
  }

  /** {@code W (x - c) + b}, {@code (samples, units)}. */
  public Tensor activations(Tape tape, Variable centred) {
    Tensor activations = tape.temporary(codeShape(centred));
    Epilogue biased = Epilogue.bias(bias.value());
    tape.backend()
        .dense()
        .gemm(centred.value(), false, encoder.value(), true, 1, 0, biased, activations);
    return activations;
  }

  /** What latents compete by. */
  public Tensor compared(Tape tape, Tensor activations) {
    if (!weighsLengths) {
      return activations;
    }
    Tensor compared = tape.temporary(activations.shape());
    tape.backend().dense().zipRow(Dense.Binary.MULTIPLY, activations, lengths(tape), compared);
    return compared;
  }

  /**
   * The code of dead latents alone, by what latents compete by.
   *
   * @param dead these latents, ascending
   * @param k latents of a sample
   * @param signed whether latents take part with negative activations, too
   */
  Code.Sparse ofDead(Tape tape, Variable centred, int[] dead, int k, boolean signed) {
    Optional<Tensor> lengths = weighsLengths ? Optional.of(lengths(tape)) : Optional.empty();
    return DeadCode.of(
        tape, centred, tape.parameter(encoder), tape.parameter(bias), lengths, dead, k, signed);
  }

  /** The shape of a batch's code. */
  public Shape codeShape(Variable x) {
    return Shape.of(x.shape().rows(), bias.value().shape().rows());
  }

  /** The lengths of the decoder's rows, {@code (units)}. */
  private Tensor lengths(Tape tape) {
    return RowLengths.of(tape, decoder.value());
  }
}
