package dev.wta.models.sae.init;

import dev.wta.api.op.Memory;
import dev.wta.models.autodiff.Parameter;

/**
 * The variance of the samples that a sparse autoencoder was initialised with, by which its losses
 * are divided. Part of the checkpoint: a state {@code (1)}, which is 1 where losses are not
 * divided.
 */
public final class SampleVariance {
  private final Parameter state;
  private final Memory memory;
  private final boolean divides;

  /** The state, once a training step has read it. */
  private double known = Double.NaN;

  /**
   * A variance of 1 until one is set.
   *
   * @param state {@code (1)}
   * @param divides whether losses are divided by a variance
   */
  public SampleVariance(Parameter state, Memory memory, boolean divides) {
    this.state = state;
    this.memory = memory;
    this.divides = divides;
    memory.fill(state.value(), 1);
  }

  /** Sets the variance; 0, that of a single sample or of several equal ones, counts as 1. */
  public void set(double measured) {
    memory.fill(state.value(), divides && measured > 0 ? (float) measured : 1);
    known = Double.NaN;
  }

  /** Reads the state. Waits for the device. */
  public double read() {
    return memory.download(state.value())[0];
  }

  /** As {@link #read} in a training step: only the first step of a model waits for the device. */
  public double inTraining() {
    if (Double.isNaN(known)) {
      known = read();
    }
    return known;
  }
}
