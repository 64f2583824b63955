package dev.wta.peers.bytedeco;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Numbers into tensors, and sums out of them. */
final class Tensors {
  private Tensors() {}

  /** A tensor with memory of its own. */
  static Tensor of(float[] numbers, long... shape) {
    try (FloatPointer source = new FloatPointer(numbers);
        Tensor view = torch.from_blob(source, shape)) {
      return view.clone();
    }
  }

  /** Overwrites {@code target} from {@code source}, starting at {@code offset}. */
  static void upload(float[] source, int offset, Tensor target) {
    try (FloatPointer data = target.data_ptr_float()) {
      data.put(source, offset, Math.toIntExact(target.numel()));
    }
  }

  static double sumOfAbsoluteValues(Tensor x) {
    try (Tensor contiguous = x.contiguous();
        FloatPointer data = contiguous.data_ptr_float()) {
      float[] values = new float[Math.toIntExact(x.numel())];
      data.get(values);
      double sum = 0;
      for (float value : values) {
        sum += Math.abs(value);
      }
      return sum;
    }
  }
}
