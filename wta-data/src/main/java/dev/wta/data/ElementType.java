package dev.wta.data;

/** What a data set stores a value as. Readers always get floats. */
public enum ElementType {
  /** Whole numbers from 0 to 255, as pictures have them. */
  UINT8(Byte.BYTES),
  FLOAT32(Float.BYTES);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes that one value takes in a file. */
  public int bytes() {
    return bytes;
  }
}
