package dev.wta.models.io;

import java.nio.ByteBuffer;

/**
 * The types of numbers in a safetensors file, and how they become float32. Float16 and bfloat16 are
 * widened exactly; float64 and whole numbers beyond 2^24 are rounded to the nearest float32.
 */
enum TensorType {
  F32(4) {
    @Override
    void read(ByteBuffer bytes, float[] numbers, int from, int count) {
      bytes.asFloatBuffer().get(numbers, from, count);
    }
  },
  F64(8) {
    @Override
    float next(ByteBuffer bytes) {
      return (float) bytes.getDouble();
    }
  },
  F16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.float16ToFloat(bytes.getShort());
    }
  },
  BF16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
    }
  },
  I64(8) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getLong();
    }
  },
  I32(4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getInt();
    }
  };

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes of one number. */
  int bytes() {
    return bytes;
  }

  /** The next number of little-endian bytes. */
  float next(ByteBuffer bytes) {
    return bytes.getFloat();
  }

  /**
   * Reads numbers.
   *
   * @param bytes little-endian
   * @param from where in {@code numbers} the first goes
   */
  void read(ByteBuffer bytes, float[] numbers, int from, int count) {
    for (int i = from; i < from + count; i++) {
      numbers[i] = next(bytes);
    }
  }
}
