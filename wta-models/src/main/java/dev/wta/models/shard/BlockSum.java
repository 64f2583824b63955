package dev.wta.models.shard;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.DecodeWinners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sum of what all blocks of units contribute, of which this rank computes its own blocks'. Its
 * gradient goes to each of them unchanged, so backward needs no exchange.
 *
 * @param parts of this rank's blocks, in their order
 * @param output {@code (samples, width)}, the same on all ranks
 */
public record BlockSum(List<Part> parts, Variable output) implements Operation {

  /** What one block contributes. */
  sealed interface Part {
    /** Writes it, {@code (samples, width)}. */
    void write(Tape tape, Tensor out);

    /** Adds to the gradients of what it was computed from. */
    void backward(Tensor outputGradient, Tape tape);
  }

  /** A block's winners, decoded; the first block's with the bias, as it would be undivided. */
  private record Decoded(Code.Sparse code, Variable weights, Optional<Variable> bias)
      implements Part {
    @Override
    public void write(Tape tape, Tensor out) {
      tape.backend()
          .sparse()
          .decode(
              code.winners(),
              code.coefficients().value(),
              weights.value(),
              Optional.empty(),
              bias.map(Variable::value),
              out);
    }

    @Override
    public void backward(Tensor outputGradient, Tape tape) {
      new DecodeWinners(code, weights, Optional.empty(), Optional.empty(), weights)
          .backward(outputGradient, tape);
    }
  }

  /** A matrix. */
  private record Given(Variable matrix) implements Part {
    @Override
    public void write(Tape tape, Tensor out) {
      tape.backend().memory().copy(matrix.value(), out);
    }

    @Override
    public void backward(Tensor outputGradient, Tape tape) {
      if (matrix.needsGradient()) {
        matrix.addGradient(outputGradient);
      }
    }
  }

  /**
   * The reconstruction from all units' winners, {@code bias + sum over blocks of code_b D_b}.
   *
   * @param codes of this rank's blocks
   * @param weights of their decoders, {@code (block's units, outputs)} each
   * @param bias {@code (outputs)}, the same on all ranks
   * @return {@code (samples, outputs)}
   */
  public static Variable decode(
      Tape tape,
      Collective collective,
      List<Code.Sparse> codes,
      List<Variable> weights,
      Optional<Variable> bias) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < codes.size(); i++) {
      boolean first = collective.firstBlock() + i == 0;
      parts.add(new Decoded(codes.get(i), weights.get(i), bias.filter(_ -> first)));
    }
    Shape shape =
        Shape.of(codes.getFirst().winners().samples(), weights.getFirst().shape().rowSize());
    Variable sum = run(tape, collective, parts, shape, weights.getFirst());
    return bias.map(row -> biased(tape, sum, row)).orElse(sum);
  }

  /** Lets the bias, which the sum has already, get its gradient: the same on all ranks. */
  private static Variable biased(Tape tape, Variable sum, Variable bias) {
    return tape.computed(
        sum.value(),
        gradient -> {
          sum.addGradient(gradient);
          if (bias.needsGradient()) {
            Tensor sums = tape.temporary(bias.shape());
            tape.backend().dense().reduceColumns(Dense.Reduction.SUM, gradient, sums);
            bias.addGradient(sums);
          }
        },
        sum,
        bias);
  }

  /** The sum of a matrix of each block, {@code (samples, width)}. */
  public static Variable of(Tape tape, Collective collective, List<Variable> matrices) {
    List<Part> parts = matrices.stream().<Part>map(Given::new).toList();
    return run(
        tape, collective, parts, matrices.getFirst().shape(), matrices.toArray(Variable[]::new));
  }

  private static Variable run(
      Tape tape, Collective collective, List<Part> parts, Shape shape, Variable... inputs) {
    Tensor out = tape.temporary(shape);
    int first = collective.firstBlock();
    collective.sum(tape, (block, into) -> parts.get(block - first).write(tape, into), out);
    Variable output = tape.result(out, inputs);
    tape.record(new BlockSum(parts, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    for (Part part : parts) {
      part.backward(outputGradient, tape);
    }
  }
}
