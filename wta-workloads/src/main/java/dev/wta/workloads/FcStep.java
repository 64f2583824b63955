package dev.wta.workloads;

/**
 * A training step of FC-WTA (Makhzani and Frey 2015, section 2) on MNIST: {@code z} is {@code
 * relu(x E' + b)}, of which each unit keeps its {@link #WINNERS} largest over the batch; {@code y =
 * z D + c}; the loss is {@code |y - x|^2} averaged over the batch; SGD with momentum, {@code v =
 * MOMENTUM v - RATE g; p += v}. Biases and velocities start at zero. Step {@code i} sees batch
 * {@code i % BATCHES}, which it copies into the framework's memory first.
 *
 * @param tied whether the decoder's weights are the encoder's, {@code D = E}
 */
public record FcStep(boolean tied) implements Workload {
  public static final int BATCH = 100;
  public static final int BATCHES = 50;
  public static final int INPUTS = 784;
  public static final int UNITS = 2000;

  /** Winners a unit: 5 % of the batch. */
  public static final int WINNERS = 5;

  public static final float RATE = 0.01f;
  public static final float MOMENTUM = 0.9f;

  private static final float DEVIATION = 0.01f;

  @Override
  public String name() {
    return tied ? "fc-wta-step" : "fc-wta-step-untied";
  }

  /** {@code (BATCHES, BATCH, INPUTS)}. */
  public float[] images() {
    return InitialValues.pixels(BATCHES * BATCH * INPUTS);
  }

  /** {@code (UNITS, INPUTS)}. */
  public float[] encoderWeights() {
    return InitialValues.normal("encoder", DEVIATION, UNITS * INPUTS);
  }

  /** {@code (UNITS, INPUTS)}, where they are not tied. */
  public float[] decoderWeights() {
    return InitialValues.normal("decoder", DEVIATION, UNITS * INPUTS);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    return 2.0 * BATCH * INPUTS * UNITS;
  }
}
