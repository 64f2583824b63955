package dev.wta.peers.bytedeco;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layers as functions of their input and parameters. */
final class Layers {
  private static final long SUM_OF_BAG = 0;
  private static final long SUM_OF_ERRORS = torch.Reduction.Sum.value;

  private Layers() {}

  /**
   * For each bag the sum of rows of {@code table}, each times its weight.
   *
   * @param rows the rows' numbers, bag by bag
   * @param bags where each bag starts
   * @param weights one for each of {@code rows}
   */
  static Tensor bags(Tensor table, Tensor rows, Tensor bags, Tensor weights) {
    TensorOptional optional = new TensorOptional(weights);
    return torch.embedding_bag(table, rows, bags, false, SUM_OF_BAG, false, optional, false).get0();
  }

  /** {@code |y - x|^2}, averaged over the batch. */
  static Tensor squaredError(Tensor y, Tensor x) {
    return torch.mse_loss(y, x, SUM_OF_ERRORS).div(new Scalar((float) x.size(0)));
  }
}
