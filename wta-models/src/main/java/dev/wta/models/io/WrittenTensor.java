package dev.wta.models.io;

import dev.wta.api.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor to be written to a file.
 *
 * @param type of its numbers there
 * @param numbers writes them, little-endian and row-major
 */
public record WrittenTensor(TensorType type, Shape shape, FileOperations.Content numbers) {

  /**
   * A tensor of numbers that are rounded to {@code type}: F32, F16 or BF16.
   *
   * @param numbers row-major
   */
  public static WrittenTensor of(TensorType type, float[] numbers, int... extents) {
    return new WrittenTensor(
        type, Shape.of(extents), out -> SafetensorsWriter.writeNumbers(out, numbers, type));
  }

  /** A tensor of whole numbers of type I64 or I32, row-major. */
  public static WrittenTensor ofWholes(TensorType type, long[] numbers, int... extents) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long number : numbers) {
      if (type == TensorType.I64) {
        bytes.putLong(number);
      } else {
        bytes.putInt(Math.toIntExact(number));
      }
    }
    return new WrittenTensor(type, Shape.of(extents), out -> out.write(bytes.array()));
  }
}
