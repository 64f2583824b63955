package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;
import java.util.Optional;

/**
 * What a product or convolution does to each output before storing it: nothing, add a bias, or add
 * a bias and rectify.
 *
 * @param bias one number an output column (gemm) or output channel (convolution); empty for none
 * @param relu whether negative outputs become 0 (NaN stays NaN)
 */
public record Epilogue(Optional<Tensor> bias, boolean relu) {
  public static final Epilogue NONE = new Epilogue(Optional.empty(), false);

  /** Rectify, and no bias. */
  public static final Epilogue RELU = new Epilogue(Optional.empty(), true);

  public static Epilogue bias(Tensor bias) {
    return new Epilogue(Optional.of(bias), false);
  }

  public static Epilogue biasRelu(Tensor bias) {
    return new Epilogue(Optional.of(bias), true);
  }
}
