package dev.wta.models.io;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.io.SafetensorsHeader.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Named tensors in a file of the safetensors format, which Python reads too: the header's length (8
 * bytes, little-endian), a JSON header of each tensor's type, shape and place, padded with spaces
 * to a multiple of 8, then the numbers, little-endian and row-major, without gaps. What runs keep
 * is float32; other tools' files are read and written in other {@link TensorType}s, too.
 */
public final class Safetensors implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  /** Elements of a tensor that are copied from or to a backend at once; a row at least. */
  private static final int PART = 1 << 22;

  private static final int LENGTH_BYTES = 8;
  private static final long MOST_HEADER_BYTES = 100_000_000;
  private static final String SEAL = "crc32c";

  private final Path file;
  private final RandomBytes bytes;
  private final Map<String, Entry> entries;
  private final long dataStart;
  private final Optional<Object> seal;

  private Safetensors(Path file, RandomBytes bytes, SafetensorsHeader header, long dataStart) {
    this.file = file;
    this.bytes = bytes;
    this.dataStart = dataStart;
    entries = header.entries();
    seal = Optional.ofNullable(header.metadata().get(SEAL));
  }

  /**
   * Writes tensors in the map's order.
   *
   * @param metadata texts that the header carries
   */
  public static void write(
      OutputStream out, Memory memory, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    writeHeader(out, shapes, _ -> TensorType.F32, metadata);
    for (Tensor tensor : tensors.values()) {
      writeNumbers(out, memory, tensor);
    }
  }

  /** Some rows at a time: no copy of the tensor is held. */
  private static void writeNumbers(OutputStream out, Memory memory, Tensor tensor)
      throws IOException {
    int rows = rowsAtOnce(tensor.shape());
    float[] part = new float[rows * tensor.shape().rowSize()];
    for (int from = 0; from < tensor.shape().rows(); from += rows) {
      Tensor some = part(tensor, from, rows);
      memory.download(some, part, 0);
      writeNumbers(out, part, (int) some.size());
    }
  }

  private static int rowsAtOnce(Shape shape) {
    return Math.clamp(PART / Math.max(1, shape.rowSize()), 1, Math.max(1, shape.rows()));
  }

  private static Tensor part(Tensor tensor, int from, int rows) {
    int all = tensor.shape().rows();
    return rows >= all ? tensor : tensor.rows(from, Math.min(rows, all - from));
  }

  /**
   * Writes arrays of one axis in the map's order, with a check sum of all of them in the metadata,
   * as {@code crc32c}.
   */
  public static void writeSealed(OutputStream out, Map<String, float[]> arrays) throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    arrays.forEach((name, array) -> shapes.put(name, Shape.of(array.length)));
    write(out, arrays, Map.of(SEAL, checkSum(shapes, arrays::get)));
  }

  /**
   * The CRC-32C of each tensor's name, shape and numbers, by the order of their names.
   *
   * @param values the numbers of a tensor, by its name
   */
  private static String checkSum(Map<String, Shape> shapes, Function<String, float[]> values) {
    CRC32C crc = new CRC32C();
    OutputStream summed = new CheckedOutputStream(OutputStream.nullOutputStream(), crc);
    try {
      for (Map.Entry<String, Shape> tensor : new TreeMap<>(shapes).entrySet()) {
        String head = tensor.getKey() + " " + tensor.getValue() + "\n";
        summed.write(head.getBytes(StandardCharsets.UTF_8));
        writeNumbers(summed, values.apply(tensor.getKey()));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return "%08x".formatted(crc.getValue());
  }

  /** Writes arrays of one axis in the map's order. */
  public static void write(
      OutputStream out, Map<String, float[]> arrays, Map<String, String> metadata)
      throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    arrays.forEach((name, array) -> shapes.put(name, Shape.of(array.length)));
    write(out, shapes, arrays::get, metadata);
  }

  /**
   * Writes arrays of any shape in the map's order.
   *
   * @param values the numbers of a tensor, row-major, by its name
   */
  public static void write(
      OutputStream out,
      Map<String, Shape> shapes,
      Function<String, float[]> values,
      Map<String, String> metadata)
      throws IOException {
    writeHeader(out, shapes, _ -> TensorType.F32, metadata);
    for (String name : shapes.keySet()) {
      writeNumbers(out, values.apply(name));
    }
  }

  /** Writes tensors in the map's order, for other tools. */
  public static void write(OutputStream out, Map<String, WrittenTensor> tensors)
      throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    writeHeader(out, shapes, name -> tensors.get(name).type(), Map.of());
    for (WrittenTensor tensor : tensors.values()) {
      tensor.numbers().writeTo(out);
    }
  }

  /** Appends numbers, each rounded to {@code type}, little-endian. */
  static void writeNumbers(OutputStream out, float[] numbers, TensorType type) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < numbers.length; from += CHUNK) {
      int count = Math.min(CHUNK, numbers.length - from);
      type.write(numbers, from, count, bytes.clear());
      out.write(bytes.array(), 0, count * type.bytes());
    }
  }

  /**
   * Writes tensors whose numbers are streamed, in the map's order.
   *
   * @param numbers writes those of a tensor, float32, little-endian and row-major, by its name
   */
  public static void writeStreamed(
      OutputStream out,
      Map<String, Shape> shapes,
      Function<String, FileOperations.Content> numbers,
      Map<String, String> metadata)
      throws IOException {
    writeHeader(out, shapes, _ -> TensorType.F32, metadata);
    for (String name : shapes.keySet()) {
      numbers.apply(name).writeTo(out);
    }
  }

  private static void writeHeader(
      OutputStream out,
      Map<String, Shape> shapes,
      Function<String, TensorType> types,
      Map<String, String> metadata)
      throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(SafetensorsHeader.METADATA, metadata);
    long offset = 0;
    for (Map.Entry<String, Shape> shape : shapes.entrySet()) {
      TensorType type = types.apply(shape.getKey());
      long end = offset + shape.getValue().size() * type.bytes();
      Map<String, Object> entry =
          new LinkedHashMap<>(); // in this order always: equal tensors make equal files
      entry.put("dtype", type.name());
      entry.put("shape", shape.getValue().extents());
      entry.put("data_offsets", List.of(offset, end));
      header.put(shape.getKey(), entry);
      offset = end;
    }
    byte[] json = Json.line(header).getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(json.length, 8) * 8;
    ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(padded).put(json);
    while (start.hasRemaining()) {
      start.put((byte) ' ');
    }
    out.write(start.array());
  }

  private static void writeNumbers(OutputStream out, float[] numbers) throws IOException {
    writeNumbers(out, numbers, numbers.length);
  }

  private static void writeNumbers(OutputStream out, float[] numbers, int all) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < all; from += CHUNK) {
      int count = Math.min(CHUNK, all - from);
      bytes.asFloatBuffer().put(numbers, from, count);
      out.write(bytes.array(), 0, count * Float.BYTES);
    }
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws WtaException if it cannot be read, is malformed, or holds other numbers than float32
   */
  public static Safetensors open(Path file) {
    return open(file, EnumSet.of(TensorType.F32));
  }

  /**
   * Opens a file of another tool, whose numbers become float32 when they are read, see {@link
   * TensorType}.
   *
   * @throws WtaException if it cannot be read, is malformed, or holds numbers of a type that is not
   *     known
   */
  public static Safetensors openForeign(Path file) {
    return open(file, EnumSet.allOf(TensorType.class));
  }

  private static Safetensors open(Path file, Set<TensorType> types) {
    try {
      return open(file, RandomBytes.of(file), types);
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  /**
   * As {@link #open(Path)}, of bytes that are kept elsewhere. Closing this, or a failure, closes
   * them.
   *
   * @param name what messages call them
   */
  public static Safetensors open(Path name, RandomBytes bytes) {
    return open(name, bytes, EnumSet.of(TensorType.F32));
  }

  private static Safetensors open(Path file, RandomBytes bytes, Set<TensorType> types) {
    try {
      return read(file, bytes, types);
    } catch (IOException | RuntimeException failed) {
      closeAfter(bytes, failed);
      throw failed instanceof IOException unreadable
          ? WriteFailures.reading(file, unreadable)
          : (RuntimeException) failed;
    }
  }

  private static void closeAfter(RandomBytes bytes, Exception failed) {
    try {
      bytes.close();
    } catch (IOException alsoFailed) {
      failed.addSuppressed(alsoFailed);
    }
  }

  private static Safetensors read(Path file, RandomBytes bytes, Set<TensorType> types)
      throws IOException {
    long size = bytes.size();
    if (size < LENGTH_BYTES) {
      throw SafetensorsHeader.malformed(file, "it has %d bytes".formatted(size));
    }
    long length = bytes.read(0, LENGTH_BYTES).getLong();
    if (length < 2 || length > MOST_HEADER_BYTES || length > size - LENGTH_BYTES) {
      throw SafetensorsHeader.malformed(file, "its header would have %d bytes".formatted(length));
    }
    String json = StandardCharsets.UTF_8.decode(bytes.read(LENGTH_BYTES, (int) length)).toString();
    SafetensorsHeader header = SafetensorsHeader.parse(file, json, types);
    header.requireNoGaps(file, size - LENGTH_BYTES - length);
    return new Safetensors(file, bytes, header, LENGTH_BYTES + length);
  }

  /**
   * Checks the file against its own check sum. One without, as earlier versions wrote, has to hold
   * finite numbers at least.
   *
   * @throws WtaException if it is not what was written
   */
  public void requireSealed() {
    if (seal.isEmpty()) {
      for (String name : names()) {
        for (float number : values(name)) {
          if (!Float.isFinite(number)) {
            throw SafetensorsHeader.malformed(file, "'%s' holds %s".formatted(name, number));
          }
        }
      }
      return;
    }
    Map<String, Shape> shapes = new LinkedHashMap<>();
    entries.forEach((name, entry) -> shapes.put(name, entry.shape()));
    String found = checkSum(shapes, this::values);
    if (!found.equals(seal.get())) {
      throw SafetensorsHeader.malformed(
          file, "its %s is %s, and its content has %s".formatted(SEAL, seal.get(), found));
    }
  }

  /** The tensors' names, in the order of the header. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * The shape of a tensor.
   *
   * @throws WtaException if there is none of that name
   */
  public Shape shape(String name) {
    return find(name).shape();
  }

  /**
   * The type of a tensor's numbers in the file, such as {@code BF16}.
   *
   * @throws WtaException if there is none of that name
   */
  public String type(String name) {
    return find(name).type().name();
  }

  /**
   * The numbers of a tensor, row-major.
   *
   * @throws WtaException if there is none of that name, it cannot be read, or no array holds it
   */
  public float[] values(String name) {
    return values(name, _ -> {});
  }

  /** As {@link #values(String)}; {@code read} hears of some numbers after the other how many. */
  public float[] values(String name, LongConsumer read) {
    return rows(name, 0, shape(name).rows(), read);
  }

  /** As {@link #values}, of some rows of a tensor. */
  public float[] rows(String name, int first, int rows) {
    return rows(name, first, rows, _ -> {});
  }

  private float[] rows(String name, int first, int rows, LongConsumer read) {
    Entry entry = find(name);
    float[] numbers = new float[IntSize.of(rows * rowSize(entry), "numbers of", name)];
    read(entry, first * rowSize(entry), numbers, numbers.length, read);
    return numbers;
  }

  private static long rowSize(Entry entry) {
    int rows = entry.shape().rows();
    return rows == 0 ? 0 : entry.shape().size() / rows;
  }

  /** Reads the first {@code all} elements of {@code numbers}, from element {@code first} on. */
  private void read(Entry entry, long first, float[] numbers, int all, LongConsumer read) {
    int each = entry.type().bytes();
    try {
      for (int from = 0; from < all; from += CHUNK) {
        int count = Math.min(CHUNK, all - from);
        long position = dataStart + entry.from() + (first + from) * each;
        entry.type().read(bytes.read(position, count * each), numbers, from, count);
        read.accept(count);
      }
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  private Entry find(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new WtaException(
          "%s has no tensor '%s'".formatted(file, name),
          "give a file with " + String.join(", ", entries.keySet()));
    }
    return entry;
  }

  /**
   * Fills tensors from the file.
   *
   * @throws WtaException if names or shapes differ
   */
  public void load(Memory memory, Map<String, Tensor> targets) {
    load(memory, targets, _ -> {});
  }

  /** As {@link #load(Memory, Map)}; {@code read} hears of some numbers after the other how many. */
  public void load(Memory memory, Map<String, Tensor> targets, LongConsumer read) {
    for (String name : entries.keySet()) {
      if (!targets.containsKey(name)) {
        throw new WtaException(
            "%s has a tensor '%s' that the model has not".formatted(file, name),
            "use the file that this configuration wrote");
      }
    }
    loadAmong(memory, targets, read);
  }

  /**
   * Fills tensors from the file, which may hold others, too.
   *
   * @throws WtaException if one is not there, or its shape differs
   */
  public void loadAmong(Memory memory, Map<String, Tensor> targets) {
    loadAmong(memory, targets, _ -> {});
  }

  private void loadAmong(Memory memory, Map<String, Tensor> targets, LongConsumer read) {
    targets.forEach(
        (name, target) -> {
          if (!shape(name).equals(target.shape())) {
            throw new WtaException(
                "'%s' has shape %s in %s, and %s in the model"
                    .formatted(name, shape(name), file, target.shape()),
                "use the file that this configuration wrote");
          }
          loadRows(memory, name, 0, target, read);
        });
  }

  /**
   * Fills a tensor with some rows of one in the file, a few of them at a time: no copy is held.
   *
   * @param first the first row
   * @throws WtaException if there is no tensor of that name, or it cannot be read
   */
  public void loadRows(Memory memory, String name, int first, Tensor target) {
    loadRows(memory, name, first, target, _ -> {});
  }

  private void loadRows(Memory memory, String name, int first, Tensor target, LongConsumer read) {
    Entry entry = find(name);
    Shape shape = target.shape();
    if (!shape.withRows(entry.shape().rows()).equals(entry.shape())) {
      throw new WtaException(
          "'%s' has shape %s in %s, and the model has rows of %s"
              .formatted(name, entry.shape(), file, shape),
          "use the file that this configuration wrote");
    }
    Objects.checkFromIndexSize(first, shape.rows(), entry.shape().rows());
    int rows = rowsAtOnce(shape);
    int width = shape.rowSize();
    float[] numbers = new float[rows * width];
    for (int from = 0; from < shape.rows(); from += rows) {
      Tensor some = part(target, from, rows);
      read(entry, (long) (first + from) * width, numbers, (int) some.size(), read);
      memory.upload(numbers, 0, some);
    }
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException failed) {
      throw WriteFailures.reading(file, failed);
    }
  }
}
