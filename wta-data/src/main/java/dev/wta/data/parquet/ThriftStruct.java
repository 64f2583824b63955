package dev.wta.data.parquet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A structure of Thrift's compact protocol, in which Parquet writes its metadata: values by field
 * number. Numbers are {@code Long}, text is {@code ByteBuffer}; what the format does not have here,
 * doubles and maps for example, is passed over.
 */
final class ThriftStruct {
  private static final int DEEPEST = 32;

  private final Map<Integer, Object> fields = new HashMap<>();

  private ThriftStruct() {}

  /**
   * Reads a structure, and leaves {@code in} behind it.
   *
   * @throws RuntimeException if the bytes are none
   */
  static ThriftStruct read(ByteBuffer in) {
    return read(in, 0);
  }

  private static ThriftStruct read(ByteBuffer in, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("structures in structures without end");
    }
    ThriftStruct struct = new ThriftStruct();
    int id = 0;
    for (int head = in.get() & 0xFF; head != 0; head = in.get() & 0xFF) {
      int delta = head >>> 4;
      id = delta == 0 ? (int) zigzag(in) : id + delta;
      int type = head & 0xF;
      struct.fields.put(id, type <= 2 ? (Object) (type == 1) : value(in, type, depth));
    }
    return struct;
  }

  private static Object value(ByteBuffer in, int type, int depth) {
    return switch (type) {
      case 1, 2 -> in.get() == 1; // in a list, each takes a byte
      case 3 -> (long) in.get();
      case 4, 5, 6 -> zigzag(in);
      case 7 -> in.getLong();
      case 8 -> bytes(in);
      case 9, 10 -> list(in, depth);
      case 11 -> map(in, depth);
      case 12 -> read(in, depth + 1);
      default -> throw new IllegalArgumentException("a value of type " + type);
    };
  }

  private static List<Object> list(ByteBuffer in, int depth) {
    int head = in.get() & 0xFF;
    long size = head >>> 4 == 15 ? varint(in) : head >>> 4;
    if (size > in.remaining()) { // each element has a byte at least
      throw new IllegalArgumentException("a list of %d".formatted(size));
    }
    List<Object> list = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      list.add(value(in, head & 0xF, depth));
    }
    return list;
  }

  private static Map<Object, Object> map(ByteBuffer in, int depth) {
    long size = varint(in);
    int types = size == 0 ? 0 : in.get() & 0xFF;
    Map<Object, Object> map = new HashMap<>();
    for (long i = 0; i < size; i++) {
      map.put(value(in, types >>> 4, depth), value(in, types & 0xF, depth));
    }
    return map;
  }

  private static ByteBuffer bytes(ByteBuffer in) {
    int length = Math.toIntExact(varint(in));
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private static long zigzag(ByteBuffer in) {
    long value = varint(in);
    return value >>> 1 ^ -(value & 1);
  }

  static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }

  boolean has(int field) {
    return fields.containsKey(field);
  }

  /** A number, or {@code absent}. */
  long number(int field, long absent) {
    return fields.getOrDefault(field, absent) instanceof Long number ? number : absent;
  }

  /**
   * A number that has to be there and fit an int.
   *
   * @throws RuntimeException if not
   */
  int required(int field) {
    if (fields.get(field) instanceof Long number) {
      return Math.toIntExact(number);
    }
    throw new IllegalArgumentException("no field " + field);
  }

  boolean flag(int field, boolean absent) {
    return fields.getOrDefault(field, absent) instanceof Boolean flag ? flag : absent;
  }

  String text(int field) {
    return fields.get(field) instanceof ByteBuffer bytes
        ? StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()
        : "";
  }

  Optional<ThriftStruct> struct(int field) {
    return fields.get(field) instanceof ThriftStruct struct
        ? Optional.of(struct)
        : Optional.empty();
  }

  List<ThriftStruct> structs(int field) {
    List<ThriftStruct> structs = new ArrayList<>();
    if (fields.get(field) instanceof List<?> list) {
      list.forEach(each -> structs.add((ThriftStruct) each));
    }
    return structs;
  }
}
