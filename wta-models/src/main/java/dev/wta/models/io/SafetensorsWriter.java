package dev.wta.models.io;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes files of the {@link Safetensors} format, whose order is that of the maps given. */
public final class SafetensorsWriter {
  private SafetensorsWriter() {}

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
    int rows = Safetensors.rowsAtOnce(tensor.shape());
    float[] part = new float[rows * tensor.shape().rowSize()];
    for (int from = 0; from < tensor.shape().rows(); from += rows) {
      Tensor some = Safetensors.part(tensor, from, rows);
      memory.download(some, part, 0);
      writeNumbers(out, part, (int) some.size());
    }
  }

  /**
   * Writes arrays of one axis in the map's order, with a check sum of all of them in the metadata,
   * as {@code crc32c}.
   */
  public static void writeSealed(OutputStream out, Map<String, float[]> arrays) throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    arrays.forEach((name, array) -> shapes.put(name, Shape.of(array.length)));
    write(out, arrays, Map.of(Safetensors.SEAL, checkSum(shapes, arrays::get)));
  }

  /**
   * The CRC-32C of each tensor's name, shape and numbers, by the order of their names.
   *
   * @param values the numbers of a tensor, by its name
   */
  static String checkSum(Map<String, Shape> shapes, Function<String, float[]> values) {
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
    ByteBuffer bytes =
        ByteBuffer.allocate(Safetensors.CHUNK * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < numbers.length; from += Safetensors.CHUNK) {
      int count = Math.min(Safetensors.CHUNK, numbers.length - from);
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
    ByteBuffer start =
        ByteBuffer.allocate(Safetensors.LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
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
    ByteBuffer bytes =
        ByteBuffer.allocate(Safetensors.CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < all; from += Safetensors.CHUNK) {
      int count = Math.min(Safetensors.CHUNK, all - from);
      bytes.asFloatBuffer().put(numbers, from, count);
      out.write(bytes.array(), 0, count * Float.BYTES);
    }
  }
}
