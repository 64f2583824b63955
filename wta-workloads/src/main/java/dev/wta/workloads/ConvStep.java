package dev.wta.workloads;

import java.util.stream.IntStream;

/**
 * A training step of CONV-WTA (Makhzani and Frey 2015, section 3) on MNIST: zero-padded ReLU
 * convolutions; of the last one's maps each keeps its largest activation in each image (spatial
 * sparsity), and of these the {@link #winners} largest over the batch (lifetime sparsity); one
 * linear deconvolution. The loss is {@code |y - x|^2}, summed over an image's pixels and averaged
 * over the batch; SGD with momentum as in {@link FcStep}. Biases and velocities start at zero. Step
 * {@code i} sees batch {@code i % BATCHES}, which it copies into the framework's memory first.
 *
 * @param name what users call it
 * @param batch the images of a batch
 * @param layers convolutions of the encoder
 * @param maps feature maps of each of them but the last
 * @param lastMaps feature maps of the last, which compete
 * @param winners winners a map: 5 % of the batch
 */
public record ConvStep(String name, int batch, int layers, int maps, int lastMaps, int winners)
    implements Workload {
  /** 128conv5-128conv5-128deconv11. */
  public static final ConvStep DEEP = new ConvStep("conv-wta-step", 32, 2, 128, 2);

  /** 64conv5-64deconv11. */
  public static final ConvStep SHALLOW = new ConvStep("conv-wta-shallow-step", 100, 1, 64, 5);

  /** 128conv5-128conv5-16conv5-16deconv11, whose inner gradients are dense. */
  public static final ConvStep DENSE = new ConvStep("conv-wta-deep-step", 32, 3, 128, 16, 2);

  public static final int BATCHES = 8;

  /** Images are {@code (1, SIDE, SIDE)}. */
  public static final int SIDE = 28;

  /** The encoder's windows are {@code ENCODER_WINDOW} a side, padding keeps the maps' size. */
  public static final int ENCODER_WINDOW = 5;

  /** The decoder's windows are {@code DECODER_WINDOW} a side, padding keeps the image's size. */
  public static final int DECODER_WINDOW = 11;

  public static final float RATE = 3e-5f;
  public static final float MOMENTUM = 0.9f;

  /** Convolutions of as many maps each. */
  public ConvStep(String name, int batch, int layers, int maps, int winners) {
    this(name, batch, layers, maps, maps, winners);
  }

  /** The feature maps of layer {@code layer}, from 0. */
  public int maps(int layer) {
    return layer == layers - 1 ? lastMaps : maps;
  }

  /** {@code (BATCHES, batch, 1, SIDE, SIDE)}. */
  public float[] images() {
    return InitialValues.pixels(BATCHES * batch * SIDE * SIDE);
  }

  /** The input channels of layer {@code layer}, from 0. */
  public int channels(int layer) {
    return layer == 0 ? 1 : maps;
  }

  /** {@code (maps, channels, ENCODER_WINDOW, ENCODER_WINDOW)}: He's scale. */
  public float[] encoderFilters(int layer) {
    int fanIn = channels(layer) * ENCODER_WINDOW * ENCODER_WINDOW;
    return InitialValues.normal(
        "encoder." + layer, (float) Math.sqrt(2.0 / fanIn), maps(layer) * fanIn);
  }

  /**
   * {@code (maps, 1, DECODER_WINDOW, DECODER_WINDOW)}: map {@code m} at {@code (y, x)} writes
   * {@code filter[m, 0, i, j]} to the pixel {@code (y + i - padding, x + j - padding)}, as
   * PyTorch's transposed convolution does.
   */
  public float[] decoderFilters() {
    return InitialValues.normal("decoder", 0.01f, lastMaps * DECODER_WINDOW * DECODER_WINDOW);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    double taps =
        IntStream.range(0, layers)
            .mapToDouble(layer -> (double) maps(layer) * channels(layer))
            .map(pairs -> pairs * ENCODER_WINDOW * ENCODER_WINDOW)
            .sum();
    return 2.0 * batch * SIDE * SIDE * taps;
  }
}
