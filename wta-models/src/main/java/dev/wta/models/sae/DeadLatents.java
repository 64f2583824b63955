package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.layer.Code;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Counts the samples since each latent was last active, and finds the dead ones. The counts are
 * part of the checkpoint.
 *
 * <p>A count grows by no more than the samples that pass. Who has looked at all of them knows how
 * long none can be dead, and until then needs not wait for the device.
 */
public final class DeadLatents {
  private static final int[] NONE = {};

  private final Parameter counts;
  private final int deadAfter;

  /** The tape whose steps the counts were last looked at for; others may have begun elsewhere. */
  private Optional<Tape> looked = Optional.empty();

  private Optional<int[]> dead = Optional.empty();
  private long samplesWithoutDeath;

  /**
   * @param counts {@code (units)}: whole numbers up to {@code deadAfter}
   * @param deadAfter samples in a row after which a silent latent is dead, at most 2^24
   */
  public DeadLatents(Parameter counts, int deadAfter) {
    this.counts = counts;
    this.deadAfter = deadAfter;
  }

  /** Counts a batch. */
  public void note(Tape tape, Code.Sparse code) {
    Dense dense = tape.backend().dense();
    Tensor value = counts.value();
    Tensor silent = tape.temporary(value.shape());
    int samples = code.winners().samples();
    dense.affine(-1, activeUnits(tape, code), 1, silent);
    dense.affine(1, value, samples, value);
    dense.clip(value, 0, deadAfter, value);
    dense.zip(Dense.Binary.MULTIPLY, value, silent, value);
    samplesWithoutDeath -= samples;
    dead = Optional.empty();
  }

  /** 1 for each latent that some sample made active, else 0: {@code (units)}. */
  private Tensor activeUnits(Tape tape, Code.Sparse code) {
    Tensor active = tape.temporary(counts.value().shape());
    tape.backend().sparse().unitSums(code.winners(), code.coefficients().value(), active);
    tape.backend().dense().map(Dense.Unary.STEP, active, active);
    return active;
  }

  /** 1 for each dead latent, else 0: {@code (units)}. */
  public Tensor marks(Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor marks = tape.temporary(counts.value().shape());
    dense.affine(1, counts.value(), 1f - deadAfter, marks);
    dense.map(Dense.Unary.STEP, marks, marks);
    return marks;
  }

  /**
   * The dead latents, ascending, for a training step. Waits for the device where some were dead
   * when it was last asked, or may have died since.
   */
  public int[] units(Tape tape) {
    if (looked.filter(tape::equals).isEmpty()) {
      looked = Optional.of(tape);
      dead = Optional.empty();
      samplesWithoutDeath = 0;
    }
    if (samplesWithoutDeath <= 0 && dead.isEmpty()) {
      look(tape);
    }
    return dead.orElse(NONE);
  }

  private void look(Tape tape) {
    float[] silence = tape.backend().memory().download(counts.value());
    int[] found = IntStream.range(0, silence.length).filter(u -> silence[u] >= deadAfter).toArray();
    float longest = 0;
    for (float samples : silence) {
      longest = Math.max(longest, samples);
    }
    dead = Optional.of(found);
    samplesWithoutDeath = (long) (deadAfter - longest);
  }

  /** The dead latents' share of all. Waits for the device. */
  public double share(Tape tape) {
    Tensor marks = marks(tape);
    return tape.backend().dense().sum(marks) / marks.size();
  }
}
