package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.layer.Code;

/**
 * How many samples have passed since each latent was last active, so that those which have been
 * silent for long, the dead ones, are known. The counts are part of the checkpoint.
 *
 * @param counts {@code (units)}: whole numbers up to {@code deadAfter}
 * @param deadAfter samples in a row after which a silent latent is dead
 */
public record DeadLatents(Parameter counts, int deadAfter) {

  /** Counts a batch. */
  public void note(Tape tape, Code.Sparse code) {
    Dense dense = tape.backend().dense();
    Tensor value = counts.value();
    Tensor silent = tape.temporary(value.shape());
    dense.affine(-1, activeUnits(tape, code), 1, silent);
    dense.affine(1, value, code.winners().samples(), value);
    dense.clip(value, 0, deadAfter, value);
    dense.zip(Dense.Binary.MULTIPLY, value, silent, value);
  }

  /** 1 for each latent that some sample made active, else 0: {@code (units)}. */
  private Tensor activeUnits(Tape tape, Code.Sparse code) {
    Tensor active = tape.temporary(counts.value().shape());
    tape.backend().sparse().unitSums(code.winners(), code.coefficients().value(), active);
    tape.backend().dense().map(Dense.Unary.STEP, active, active);
    return active;
  }

  /** 1 for each dead latent, else 0: {@code (units)}. */
  public Tensor dead(Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor dead = tape.temporary(counts.value().shape());
    dense.affine(1, counts.value(), 1f - deadAfter, dead);
    dense.map(Dense.Unary.STEP, dead, dead);
    return dead;
  }

  /** The dead latents' share of all. Waits for the device. */
  public double share(Tape tape) {
    Tensor dead = dead(tape);
    return tape.backend().dense().sum(dead) / dead.size();
  }
}
