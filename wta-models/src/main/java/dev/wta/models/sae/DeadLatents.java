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
 * <p>A count grows by at most the samples of a batch. So once the counts were read, it is known for
 * how many samples no latent can die, and until then steps do not wait for the device.
 */
public final class DeadLatents {
  private static final int[] NONE = {};

  private final Parameter counts;
  private final int deadAfter;

  /**
   * The tape in whose steps the counts were last read; those of another tape may be those of
   * another training.
   */
  private Optional<Tape> readFor = Optional.empty();

  private Optional<int[]> dead = Optional.empty();
  private long samplesWithoutDeath;

  /**
   * @param counts {@code (units)}: whole numbers up to {@code deadAfter}
   * @param deadAfter the number of consecutive samples without activity after which a latent is
   *     dead, at most 2^24
   */
  public DeadLatents(Parameter counts, int deadAfter) {
    this.counts = counts;
    this.deadAfter = deadAfter;
  }

  /** Counts a batch. */
  public void note(Tape tape, Code.Sparse code) {
    Dense dense = tape.backend().dense();
    Tensor value = counts.value();
    Tensor inactive = tape.temporary(value.shape());
    int samples = code.winners().samples();
    dense.affine(-1, activeUnits(tape, code), 1, inactive);
    dense.affine(1, value, samples, value);
    dense.clip(value, 0, deadAfter, value);
    dense.zip(Dense.Binary.MULTIPLY, value, inactive, value);
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
   * The dead latents, ascending, for a training step. Waits for the device if some were dead at the
   * last call, or may have died since.
   */
  public int[] units(Tape tape) {
    if (readFor.filter(tape::equals).isEmpty()) {
      readFor = Optional.of(tape);
      dead = Optional.empty();
      samplesWithoutDeath = 0;
    }
    if (samplesWithoutDeath <= 0 && dead.isEmpty()) {
      read(tape);
    }
    return dead.orElse(NONE);
  }

  private void read(Tape tape) {
    float[] samples = tape.backend().memory().download(counts.value());
    int[] found = IntStream.range(0, samples.length).filter(u -> samples[u] >= deadAfter).toArray();
    float longest = 0;
    for (float count : samples) {
      longest = Math.max(longest, count);
    }
    dead = Optional.of(found);
    samplesWithoutDeath = (long) (deadAfter - longest);
  }

  /** The fraction of latents that are dead. Waits for the device. */
  public double share(Tape tape) {
    Tensor marks = marks(tape);
    return tape.backend().dense().sum(marks) / marks.size();
  }
}
