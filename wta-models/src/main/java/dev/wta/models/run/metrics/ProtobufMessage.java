package dev.wta.models.run.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protobuf message that is written field by field: the few kinds that event files need. */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ProtobufMessage real64(int field, double value) {
    key(field, EIGHT_BYTES);
    return put(littleEndian(Double.BYTES).putDouble(value).array());
  }

  ProtobufMessage real32(int field, float value) {
    key(field, FOUR_BYTES);
    return put(littleEndian(Float.BYTES).putFloat(value).array());
  }

  ProtobufMessage integer(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  ProtobufMessage text(int field, String value) {
    return block(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtobufMessage message(int field, ProtobufMessage value) {
    return block(field, value.toBytes());
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  private ProtobufMessage block(int field, byte[] content) {
    key(field, LENGTH);
    varint(content.length);
    return put(content);
  }

  private ProtobufMessage put(byte[] raw) {
    bytes.writeBytes(raw);
    return this;
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  /** Seven bits a byte, the lowest first, the top bit set on all but the last. */
  private void varint(long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      bytes.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
