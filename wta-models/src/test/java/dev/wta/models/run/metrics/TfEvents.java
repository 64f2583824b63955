package dev.wta.models.run.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A reader of event files that follows the published formats (TFRecord, protocol buffers, {@code
 * event.proto}) and shares nothing with what writes them: it computes its own CRCs, and refuses any
 * field that it does not know.
 */
public final class TfEvents {
  /**
   * An event.
   *
   * @param start whether it says that a session starts
   */
  record Event(
      double wallTime,
      long step,
      Optional<String> version,
      boolean start,
      Map<String, Float> scalars) {}

  private TfEvents() {}

  /** The event files of a folder, in the order in which TensorBoard reads them. */
  public static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().contains("tfevents")).sorted().toList();
    }
  }

  static List<Event> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      requireCrc(length, in.getInt());
      byte[] data =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      in.get(data);
      requireCrc(data, in.getInt());
      events.add(event(data));
    }
    return events;
  }

  /**
   * What TensorBoard shows of each tag: its values by step, without those that a later start of a
   * session takes back.
   */
  public static Map<String, Map<Long, Float>> shown(Path directory) throws IOException {
    Map<String, Map<Long, Float>> shown = new TreeMap<>();
    for (Path file : filesOf(directory)) {
      for (Event event : read(file)) {
        if (event.start()) {
          shown.values().forEach(values -> values.keySet().removeIf(s -> s >= event.step()));
        }
        event
            .scalars()
            .forEach(
                (tag, value) -> {
                  Float before =
                      shown.computeIfAbsent(tag, t -> new TreeMap<>()).put(event.step(), value);
                  if (before != null) {
                    throw new AssertionError("%s twice at step %d".formatted(tag, event.step()));
                  }
                });
      }
    }
    return shown;
  }

  private static Event event(byte[] data) {
    double wallTime = 0;
    long step = 0;
    Optional<String> version = Optional.empty();
    boolean start = false;
    Map<String, Float> scalars = new LinkedHashMap<>();
    for (Field field : fields(ByteBuffer.wrap(data))) {
      switch (field.number()) {
        case 1 -> wallTime = field.fixed().getDouble();
        case 2 -> step = field.varint();
        case 3 -> version = Optional.of(field.text());
        case 5 -> fields(field.bytes()).forEach(value -> addScalar(value, scalars));
        case 7 ->
            start =
                fields(field.bytes()).equals(List.of(new Field(1, 0, 1, ByteBuffer.allocate(0))));
        default -> throw new AssertionError("no such field of Event is expected: " + field);
      }
    }
    return new Event(wallTime, step, version, start, scalars);
  }

  private static void addScalar(Field value, Map<String, Float> scalars) {
    require(value.number() == 1, "a Summary has values only");
    List<Field> fields = fields(value.bytes());
    require(fields.size() == 2 && fields.get(0).number() == 1, "a tag and a simple_value");
    require(fields.get(1).number() == 2 && fields.get(1).wireType() == 5, "a simple_value");
    scalars.put(fields.get(0).text(), fields.get(1).fixed().getFloat());
  }

  /** A field of a message: its number, how it is written, and its value as far as that says. */
  private record Field(int number, int wireType, long varint, ByteBuffer bytes) {
    ByteBuffer fixed() {
      return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    String text() {
      return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
  }

  private static List<Field> fields(ByteBuffer message) {
    ByteBuffer in = message.duplicate();
    List<Field> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      int wireType = (int) key & 7;
      long varint = wireType == 0 ? varint(in) : 0;
      int size =
          switch (wireType) {
            case 0 -> 0;
            case 1 -> 8;
            case 2 -> Math.toIntExact(varint(in));
            case 5 -> 4;
            default -> throw new AssertionError("wire type " + wireType);
          };
      fields.add(new Field((int) (key >>> 3), wireType, varint, in.slice(in.position(), size)));
      in.position(in.position() + size);
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static void requireCrc(byte[] data, int expected) {
    int crc = ~0;
    for (byte one : data) {
      crc ^= one & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82F63B78); // Castagnoli's, reversed
      }
    }
    crc = ~crc;
    int masked = (crc >>> 15 | crc << 17) + 0xA282EAD8;
    require(masked == expected, "check sum %08x, not %08x".formatted(expected, masked));
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
