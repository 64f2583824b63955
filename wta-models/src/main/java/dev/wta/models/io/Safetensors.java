package dev.wta.models.io;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.io.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Named tensors in a file of the safetensors format, which Python reads too: the header's length (8
 * bytes, little-endian), a JSON header of each tensor's type, shape and place, padded with spaces
 * to a multiple of 8, then the numbers, little-endian and row-major, without gaps. What runs keep
 * is float32; other tools' files are read and written in other {@link TensorType}s, too, see {@link
 * SafetensorsWriter}.
 */
public final class Safetensors implements AutoCloseable {
  /** Numbers that are read or written at once. */
  static final int CHUNK = 1 << 16;

  /** Elements of a tensor that are copied from or to a backend at once; a row at least. */
  private static final int PART = 1 << 22;

  /** Bytes of what a file begins with, the header's length. */
  static final int LENGTH_BYTES = 8;

  private static final long MOST_HEADER_BYTES = 100_000_000;

  /** The name of a check sum in the metadata. */
  static final String SEAL = "crc32c";

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
    String found = SafetensorsWriter.checkSum(shapes, this::values);
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

  /**
   * As {@link #values(String)}; {@code read} receives the number of values read since its last
   * call.
   */
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

  /**
   * As {@link #load(Memory, Map)}; {@code read} receives the number of values read since its last
   * call.
   */
  public void load(Memory memory, Map<String, Tensor> targets, LongConsumer read) {
    for (String name : entries.keySet()) {
      if (!targets.containsKey(name)) {
        throw new WtaException(
            "%s has a tensor '%s' that the model does not have".formatted(file, name),
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

  /** Rows of a tensor that are copied from or to a backend at once. */
  static int rowsAtOnce(Shape shape) {
    return Math.clamp(PART / Math.max(1, shape.rowSize()), 1, Math.max(1, shape.rows()));
  }

  static Tensor part(Tensor tensor, int from, int rows) {
    int all = tensor.shape().rows();
    return rows >= all ? tensor : tensor.rows(from, Math.min(rows, all - from));
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
