package dev.wta.models.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The types of numbers in a file of tensors, and how they become float32. Float16 and bfloat16 are
 * widened exactly; float64 and whole numbers beyond 2^24 are rounded to the nearest float32.
 */
public enum TensorType {
  F32("float32", 4) {
    @Override
    public void read(ByteBuffer bytes, float[] numbers, int from, int count) {
      bytes.asFloatBuffer().get(numbers, from, count);
    }
  },
  F64("float64", 8) {
    @Override
    float next(ByteBuffer bytes) {
      return (float) bytes.getDouble();
    }
  },
  F16("float16", 2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.float16ToFloat(bytes.getShort());
    }

    @Override
    void put(ByteBuffer bytes, float number) {
      bytes.putShort(Float.floatToFloat16(number));
    }
  },
  BF16("bfloat16", 2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
    }

    @Override
    void put(ByteBuffer bytes, float number) {
      // to the nearest, and of two to the even one
      int bits = Float.floatToIntBits(number);
      int half = 0x7fff + (bits >>> Short.SIZE & 1);
      bytes.putShort((short) (bits + half >>> Short.SIZE));
    }
  },
  I64("int64", 8) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getLong();
    }
  },
  I32("int32", 4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getInt();
    }
  };

  private final String title;
  private final int bytes;

  TensorType(String title, int bytes) {
    this.title = title;
    this.bytes = bytes;
  }

  /** What other tools call it, such as {@code float32}. */
  public String title() {
    return title;
  }

  /** The type of that title. */
  public static Optional<TensorType> titled(String title) {
    return Arrays.stream(values()).filter(type -> type.title.equals(title)).findFirst();
  }

  /** The bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** The next number of little-endian bytes. */
  float next(ByteBuffer bytes) {
    return bytes.getFloat();
  }

  /** Appends a number of type F32, F16 or BF16, rounded to the nearest that there is. */
  void put(ByteBuffer bytes, float number) {
    if (this != F32) {
      throw new IllegalArgumentException("models are not written in " + title);
    }
    bytes.putFloat(number);
  }

  /** What is read of a number that is written: the nearest of this type, or infinite beyond all. */
  public float rounded(float number) {
    ByteBuffer one = ByteBuffer.allocate(bytes);
    put(one, number);
    return next(one.flip());
  }

  /**
   * Reads numbers.
   *
   * @param bytes little-endian
   * @param from where in {@code numbers} the first goes
   */
  public void read(ByteBuffer bytes, float[] numbers, int from, int count) {
    for (int i = from; i < from + count; i++) {
      numbers[i] = next(bytes);
    }
  }

  /** Writes some numbers from {@code from} on, little-endian if the buffer is. */
  public void write(float[] numbers, int from, int count, ByteBuffer bytes) {
    for (int i = from; i < from + count; i++) {
      put(bytes, numbers[i]);
    }
  }
}
